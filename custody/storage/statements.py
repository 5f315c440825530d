"""Every statement that the store runs; `custody.storage.declared` makes this file from the tables."""

# fmt: off
from typing import Final

LEDGER_DDL: Final = {
    "agent": (
        (
            "CREATE TABLE agent ( id TEXT NOT NULL, kind TEXT NOT NULL, has_left INTEGER NOT "
            "NULL, record TEXT NOT NULL, PRIMARY KEY (id) ) STRICT"
        ),
    ),
    "case": (
        (
            'CREATE TABLE "case" ( number TEXT NOT NULL, folded TEXT NOT NULL, is_open '
            "INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (number) ) STRICT"
        ),
        'CREATE INDEX ix_case_folded ON "case" (folded)',
    ),
    "checkpoint": (
        (
            "CREATE TABLE checkpoint ( size INTEGER NOT NULL, note BLOB NOT NULL, PRIMARY KEY "
            "(size) ) STRICT"
        ),
    ),
    "consent": (
        (
            "CREATE TABLE consent ( id BLOB NOT NULL, record TEXT NOT NULL, PRIMARY KEY (id) "
            ") STRICT"
        ),
    ),
    "entry": (
        (
            "CREATE TABLE entry ( entry_index INTEGER NOT NULL, leaf BLOB NOT NULL, "
            'event_hash BLOB NOT NULL, type TEXT NOT NULL, "case" TEXT, exhibit TEXT, '
            "sequence INTEGER, actor TEXT NOT NULL, occurred_at TEXT NOT NULL, recorded_at "
            "TEXT NOT NULL, relies_on TEXT NOT NULL, affirms INTEGER, signers TEXT NOT NULL, "
            "raw BLOB NOT NULL, PRIMARY KEY (entry_index), UNIQUE (event_hash) ) STRICT"
        ),
    ),
    "exhibit": (
        (
            'CREATE TABLE exhibit ( "case" TEXT NOT NULL, number TEXT NOT NULL, folded TEXT '
            "NOT NULL, registration BLOB NOT NULL, holder TEXT NOT NULL, status TEXT NOT "
            'NULL, sealed INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY ("case", '
            "number), UNIQUE (registration) ) WITHOUT ROWID, STRICT"
        ),
        (
            'CREATE INDEX exhibit_bound ON exhibit ("case", number) WHERE instr(record, '
            "'bound_to' || char(34) || ':[' || char(34))"
        ),
        "CREATE INDEX exhibit_folded ON exhibit (folded)",
    ),
    "ledger": (
        (
            "CREATE TABLE ledger ( number INTEGER NOT NULL, origin TEXT NOT NULL, record TEXT "
            "NOT NULL, PRIMARY KEY (number) ) STRICT"
        ),
    ),
    "request": (
        (
            "CREATE TABLE request ( id TEXT NOT NULL, status TEXT NOT NULL, record TEXT NOT "
            "NULL, PRIMARY KEY (id) ) STRICT"
        ),
    ),
    "signing_key": (
        (
            "CREATE TABLE signing_key ( id TEXT NOT NULL, agent TEXT NOT NULL, disputing "
            "INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (id) ) STRICT"
        ),
        "CREATE INDEX ix_signing_key_disputing ON signing_key (disputing)",
    ),
    "subject": (
        (
            'CREATE TABLE subject ( "key" BLOB NOT NULL, subject TEXT NOT NULL, PRIMARY KEY '
            '("key") ) WITHOUT ROWID, STRICT'
        ),
    ),
    "tile": (
        (
            "CREATE TABLE tile ( level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB "
            "NOT NULL, PRIMARY KEY (level, number) ) STRICT"
        ),
    ),
    "transfer": (
        (
            "CREATE TABLE transfer ( id BLOB NOT NULL, record TEXT NOT NULL, PRIMARY KEY (id) "
            ") STRICT"
        ),
    ),
    "commitment": (
        (
            "CREATE TABLE commitment ( commitment BLOB NOT NULL, entry_index INTEGER NOT "
            "NULL, PRIMARY KEY (commitment), FOREIGN KEY(entry_index) REFERENCES entry "
            "(entry_index) ) WITHOUT ROWID, STRICT"
        ),
    ),
    "subject_entry": (
        (
            'CREATE TABLE subject_entry ( "key" BLOB NOT NULL, position INTEGER NOT NULL, '
            'entry_index INTEGER NOT NULL, frontier BLOB NOT NULL, PRIMARY KEY ("key", '
            "position), FOREIGN KEY(entry_index) REFERENCES entry (entry_index) ) WITHOUT "
            "ROWID, STRICT"
        ),
    ),
}

DISCLOSURES_DDL: Final = {
    "backup": (
        (
            "CREATE TABLE backup ( made_at TEXT NOT NULL, path TEXT NOT NULL, size INTEGER "
            "NOT NULL, has_evidence INTEGER NOT NULL, gone_at TEXT, PRIMARY KEY (made_at, "
            "path) ) WITHOUT ROWID, STRICT"
        ),
    ),
    "disclosure": (
        (
            "CREATE TABLE disclosure ( commitment BLOB NOT NULL, text TEXT, PRIMARY KEY "
            "(commitment) ) STRICT"
        ),
    ),
    "export": (
        (
            "CREATE TABLE export ( event TEXT NOT NULL, recipient TEXT NOT NULL, exported_at "
            "TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (event) ) WITHOUT ROWID, STRICT"
        ),
    ),
    "recipient": (
        (
            "CREATE TABLE recipient ( commitment BLOB NOT NULL, recipient TEXT NOT NULL, "
            "received_at TEXT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (commitment, "
            "recipient, received_at, event) ) WITHOUT ROWID, STRICT"
        ),
    ),
}

ADDED: Final = (
    (
        'CREATE INDEX exhibit_bound ON exhibit ("case", number) WHERE instr(record, '
        "'bound_to' || char(34) || ':[' || char(34))"
    ),
)

HEAD: Final = (
    "SELECT entry.entry_index, entry.leaf, entry.recorded_at FROM entry ORDER BY "
    "entry.entry_index DESC"
)

ENTRY: Final = "SELECT entry.raw FROM entry WHERE entry.entry_index = ?"

LEAF: Final = "SELECT entry.leaf FROM entry WHERE entry.entry_index = ?"

ENTRIES: Final = (
    "SELECT entry.raw FROM entry WHERE entry.entry_index >= ? AND entry.entry_index < ? ORDER "
    "BY entry.entry_index"
)

LEAVES: Final = (
    "SELECT entry.leaf FROM entry WHERE entry.entry_index >= ? AND entry.entry_index < ? "
    "ORDER BY entry.entry_index"
)

EVENT: Final = "SELECT entry.entry_index, entry.raw FROM entry WHERE entry.event_hash = ?"

SIGNINGS: Final = (
    "SELECT entry.entry_index, entry.relies_on, entry.signers, entry.affirms FROM entry WHERE "
    "entry.entry_index >= ? ORDER BY entry.entry_index"
)

TILE: Final = "SELECT tile.hashes FROM tile WHERE tile.level = ? AND tile.number = ?"

CHECKPOINT: Final = "SELECT checkpoint.note FROM checkpoint WHERE checkpoint.size = ?"

NEWEST_CHECKPOINT: Final = "SELECT checkpoint.note FROM checkpoint ORDER BY checkpoint.size DESC"

TALLY: Final = (
    "SELECT subject_entry.position, subject_entry.frontier FROM subject_entry WHERE "
    'subject_entry."key" = ? ORDER BY subject_entry.position DESC'
)

TALLIES: Final = (
    'SELECT subject."key", subject.subject, subject_entry.position, subject_entry.frontier '
    'FROM subject JOIN subject_entry ON subject."key" = subject_entry."key" WHERE '
    "subject_entry.position = (SELECT max(counted.position) AS max_1 FROM subject_entry AS "
    'counted WHERE counted."key" = subject."key") ORDER BY subject."key"'
)

TALLIES_AMONG: Final = (
    'SELECT subject."key", subject.subject, subject_entry.position, subject_entry.frontier '
    'FROM subject JOIN subject_entry ON subject."key" = subject_entry."key" WHERE '
    "subject_entry.position = (SELECT max(counted.position) AS max_1 FROM subject_entry AS "
    'counted WHERE counted."key" = subject."key") AND (subject."key" IN (?)) ORDER BY '
    'subject."key"'
)

SUBJECT_ENTRIES: Final = (
    'SELECT subject_entry.entry_index FROM subject_entry WHERE subject_entry."key" = ? ORDER '
    "BY subject_entry.position"
)

DISPUTING: Final = "SELECT signing_key.id FROM signing_key WHERE signing_key.disputing = ?"

LEDGER: Final = "SELECT ledger.record FROM ledger"

AGENT: Final = "SELECT agent.record FROM agent WHERE agent.id = ?"

AGENTS: Final = "SELECT agent.record FROM agent ORDER BY agent.id"

KEY: Final = "SELECT signing_key.record FROM signing_key WHERE signing_key.id = ?"

KEYS: Final = "SELECT signing_key.record FROM signing_key ORDER BY signing_key.id"

CASE: Final = 'SELECT "case".record FROM "case" WHERE "case".number = ?'

CASES: Final = 'SELECT "case".record FROM "case" ORDER BY "case".number'

EXHIBIT: Final = 'SELECT exhibit.record FROM exhibit WHERE exhibit."case" = ? AND exhibit.number = ?'

REQUEST: Final = "SELECT request.record FROM request WHERE request.id = ?"

REQUESTS: Final = "SELECT request.record FROM request ORDER BY request.id"

CONSENT: Final = "SELECT consent.record FROM consent WHERE consent.id = ?"

TRANSFER: Final = "SELECT transfer.record FROM transfer WHERE transfer.id = ?"

BOUND_EXHIBITS: Final = (
    "SELECT exhibit.record FROM exhibit WHERE instr(record, 'bound_to' || char(34) || ':[' || "
    'char(34)) ORDER BY exhibit."case", exhibit.number'
)

HELD: Final = (
    "SELECT exhibit.record FROM exhibit WHERE exhibit.holder = ? OR instr(exhibit.record, ?) "
    "> 0"
)

CONSENTS: Final = (
    "SELECT consent.record FROM subject_entry JOIN entry ON entry.entry_index = "
    "subject_entry.entry_index JOIN consent ON consent.id = entry.event_hash WHERE "
    'subject_entry."key" = ? ORDER BY subject_entry.position DESC'
)

REGISTRATIONS: Final = (
    "SELECT entry.raw FROM entry WHERE entry.entry_index > ? AND (entry.type = "
    "'exhibit.registered' OR entry.type = 'transfer.accepted') ORDER BY entry.entry_index"
)

REGISTERED: Final = "SELECT exhibit.record FROM exhibit WHERE exhibit.registration = ?"

INSERT_ENTRY: Final = (
    'INSERT INTO entry (entry_index, leaf, event_hash, type, "case", exhibit, sequence, '
    "actor, occurred_at, recorded_at, relies_on, affirms, signers, raw) VALUES (?, ?, ?, ?, "
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

INSERT_COMMITMENT: Final = "INSERT INTO commitment (commitment, entry_index) VALUES (?, ?) ON CONFLICT DO NOTHING"

INSERT_SUBJECT: Final = 'INSERT INTO subject ("key", subject) VALUES (?, ?)'

INSERT_SUBJECT_ENTRY: Final = 'INSERT INTO subject_entry ("key", position, entry_index, frontier) VALUES (?, ?, ?, ?)'

INSERT_CHECKPOINT: Final = "INSERT INTO checkpoint (size, note) VALUES (?, ?)"

PUT_TILE: Final = (
    "INSERT INTO tile (level, number, hashes) VALUES (?, ?, ?) ON CONFLICT (level, number) DO "
    "UPDATE SET hashes = excluded.hashes"
)

PUT_LEDGER: Final = (
    "INSERT INTO ledger (number, origin, record) VALUES (?, ?, ?) ON CONFLICT (number) DO "
    "UPDATE SET origin = excluded.origin, record = excluded.record"
)

PUT_AGENT: Final = (
    "INSERT INTO agent (id, kind, has_left, record) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO "
    "UPDATE SET kind = excluded.kind, has_left = excluded.has_left, record = excluded.record"
)

PUT_KEY: Final = (
    "INSERT INTO signing_key (id, agent, disputing, record) VALUES (?, ?, ?, ?) ON CONFLICT "
    "(id) DO UPDATE SET agent = excluded.agent, disputing = excluded.disputing, record = "
    "excluded.record"
)

PUT_CASE: Final = (
    'INSERT INTO "case" (number, folded, is_open, record) VALUES (?, ?, ?, ?) ON CONFLICT '
    "(number) DO UPDATE SET folded = excluded.folded, is_open = excluded.is_open, record = "
    "excluded.record"
)

PUT_EXHIBIT: Final = (
    'INSERT INTO exhibit ("case", number, folded, registration, holder, status, sealed, '
    'record) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT ("case", number) DO UPDATE SET '
    "holder = excluded.holder, status = excluded.status, sealed = excluded.sealed, record = "
    "excluded.record"
)

PUT_REQUEST: Final = (
    "INSERT INTO request (id, status, record) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
    "status = excluded.status, record = excluded.record"
)

PUT_CONSENT: Final = (
    "INSERT INTO consent (id, record) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = "
    "excluded.record"
)

PUT_TRANSFER: Final = (
    "INSERT INTO transfer (id, record) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = "
    "excluded.record"
)

DISCLOSURE: Final = "SELECT disclosure.text FROM disclosure WHERE disclosure.commitment = ?"

DISCLOSURES_AT: Final = "SELECT text FROM disclosure WHERE substr(text, 37, ?) = ?"

DISCLOSURES: Final = (
    "SELECT disclosure.commitment, disclosure.text FROM disclosure ORDER BY "
    "disclosure.commitment"
)

COMMITMENTS: Final = (
    "SELECT disclosure.commitment FROM disclosure WHERE disclosure.text IS NOT NULL ORDER BY "
    "disclosure.commitment"
)

NEWEST_COMMITMENTS: Final = "SELECT commitment FROM disclosure WHERE text IS NOT NULL ORDER BY rowid DESC LIMIT ?"

FORGET_DISCLOSURE: Final = "DELETE FROM disclosure WHERE disclosure.commitment = ?"

PUT_DISCLOSURE: Final = "INSERT INTO disclosure (commitment, text) VALUES (?, ?) ON CONFLICT DO NOTHING"

ERASE_DISCLOSURE: Final = (
    "INSERT INTO disclosure (commitment, text) VALUES (?, ?) ON CONFLICT (commitment) DO "
    "UPDATE SET text = excluded.text"
)

PUT_RECIPIENT: Final = (
    "INSERT INTO recipient (commitment, recipient, received_at, event) VALUES (?, ?, ?, ?) ON "
    "CONFLICT DO NOTHING"
)

PUT_EXPORT: Final = (
    "INSERT INTO export (event, recipient, exported_at, record) VALUES (?, ?, ?, ?) ON "
    "CONFLICT (event) DO UPDATE SET recipient = excluded.recipient, exported_at = "
    "excluded.exported_at, record = excluded.record"
)

EXPORTS: Final = "SELECT export.record FROM export ORDER BY export.exported_at, export.event"

PUT_BACKUP: Final = (
    "INSERT INTO backup (made_at, path, size, has_evidence, gone_at) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (made_at, path) DO UPDATE SET size = excluded.size, has_evidence = "
    "excluded.has_evidence, gone_at = excluded.gone_at"
)

BACKUPS: Final = (
    "SELECT backup.made_at, backup.path, backup.size, backup.has_evidence, backup.gone_at "
    "FROM backup ORDER BY backup.made_at, backup.path"
)

EXPORTS_TO: Final = "SELECT DISTINCT event FROM recipient WHERE recipient = ? ORDER BY event"

RECIPIENTS: Final = (
    "SELECT recipient.commitment, recipient.recipient, recipient.received_at, recipient.event "
    "FROM recipient WHERE recipient.commitment = ? ORDER BY recipient.received_at, "
    "recipient.recipient, recipient.event"
)
