"""One file per command or group of commands; `custody.cli.table` names them all and loads each when it is called."""
