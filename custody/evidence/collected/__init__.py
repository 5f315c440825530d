"""Reading what was collected: logs, chats, mail, web captures. Records are counted, never changed and never guessed."""
