// The tables of a data folder. An additive change adds a step to `migrations`; their number is the version, kept in SQLite's
// user_version, so an older relay knows not to touch a newer folder.

/** Updates, snapshots (which may cover the newest update), links and changes of rights share one sequence. */
export const HIGHEST_SEQ = `SELECT max(
  (SELECT coalesce(max(seq), 0) FROM updates), (SELECT coalesce(max(seq), 0) FROM snapshots),
  (SELECT coalesce(max(seq), 0) FROM erased_documents), (SELECT coalesce(max(seq), 0) FROM links), (SELECT coalesce(max(seq), 0) FROM grants)) AS seq`;

export const DATABASE_FILE = "drawbridge.db";

/** One entry per version: the statements that lead from the version before to it. */
export const migrations: readonly string[] = [
  `CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE documents (
     number INTEGER PRIMARY KEY, doc_id TEXT NOT NULL, space TEXT NOT NULL, type TEXT NOT NULL, record_id TEXT NOT NULL, facet TEXT NOT NULL
   ) STRICT;
   CREATE TABLE updates (
     seq INTEGER PRIMARY KEY, document INTEGER NOT NULL, at INTEGER NOT NULL, author TEXT NOT NULL, bytes BLOB NOT NULL
   ) STRICT;
   CREATE TABLE snapshots (document INTEGER PRIMARY KEY, seq INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
   CREATE TABLE organization (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT;
   CREATE TABLE members (
     id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, password_hash TEXT NOT NULL, persona TEXT NOT NULL
   ) STRICT;
   CREATE TABLE spaces (id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL) STRICT;
   CREATE TABLE memberships (
     space_id TEXT NOT NULL, member_id TEXT NOT NULL, persona TEXT NOT NULL, PRIMARY KEY (space_id, member_id)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE sessions (token_hash TEXT PRIMARY KEY, member_id TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE facets (
     doc_id TEXT PRIMARY KEY, record_id TEXT NOT NULL, facet TEXT NOT NULL, space TEXT NOT NULL, type TEXT NOT NULL, fields TEXT NOT NULL,
     created_at TEXT NOT NULL, created_by TEXT NOT NULL, updated_at TEXT NOT NULL, updated_by TEXT NOT NULL, state TEXT NOT NULL,
     seq INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX facets_by_record ON facets (record_id);
   CREATE INDEX facets_by_type ON facets (space, type, record_id);`,
  `CREATE TABLE audit (
     seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, action TEXT NOT NULL, actor TEXT NOT NULL, target TEXT NOT NULL, details TEXT NOT NULL,
     hash TEXT NOT NULL
   ) STRICT;
   CREATE INDEX audit_by_action ON audit (action, seq);
   CREATE INDEX audit_by_actor ON audit (actor, seq);
   CREATE INDEX audit_by_target ON audit (target, seq);`,
  `CREATE TABLE invitations (
     id TEXT PRIMARY KEY, secret_hash TEXT NOT NULL UNIQUE, email TEXT NOT NULL, persona TEXT NOT NULL, space_id TEXT NOT NULL,
     invited_by TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, state TEXT NOT NULL
   ) STRICT;`,
  `CREATE TABLE device_keys (
     id TEXT PRIMARY KEY, member_id TEXT NOT NULL, alg TEXT NOT NULL, public_key TEXT NOT NULL, device TEXT NOT NULL,
     registered_at INTEGER NOT NULL, revoked_at INTEGER
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE erased_documents (
     doc_id TEXT PRIMARY KEY, space TEXT NOT NULL, type TEXT NOT NULL, record_id TEXT NOT NULL, facet TEXT NOT NULL, seq INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE privacy_requests (
     id TEXT PRIMARY KEY, member_id TEXT NOT NULL, kind TEXT NOT NULL, note TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL,
     answer TEXT NOT NULL, answered_by TEXT NOT NULL, answered_at INTEGER NOT NULL
   ) STRICT;`,
  `CREATE TABLE leases (
     doc_id TEXT NOT NULL, client INTEGER NOT NULL, member_id TEXT NOT NULL, PRIMARY KEY (doc_id, client)
   ) STRICT, WITHOUT ROWID;`,
  `ALTER TABLE spaces ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
   CREATE TABLE links (
     record_id TEXT NOT NULL, space_id TEXT NOT NULL, home TEXT NOT NULL, sources TEXT NOT NULL, seq INTEGER NOT NULL,
     PRIMARY KEY (record_id, space_id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX links_by_space ON links (space_id, record_id);
   CREATE TABLE grants (member_id TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;`,
  // Where everything lies, without what lies there: a start reads these instead of the whole log. The first grows at its end only.
  `CREATE INDEX update_places ON updates (seq, document, length(bytes));
   CREATE INDEX snapshot_places ON snapshots (document, seq, length(bytes));`,
  `CREATE TABLE share_rules (
     id TEXT PRIMARY KEY, space_id TEXT NOT NULL, type TEXT NOT NULL, filter TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL
   ) STRICT;`,
  `CREATE TABLE receipts (
     document INTEGER NOT NULL, client INTEGER NOT NULL, until INTEGER NOT NULL, at INTEGER NOT NULL, author TEXT NOT NULL,
     PRIMARY KEY (document, client, until)
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE policies (
     version INTEGER PRIMARY KEY, at INTEGER NOT NULL, author TEXT NOT NULL, live_at INTEGER NOT NULL, is_live INTEGER NOT NULL, body TEXT NOT NULL
   ) STRICT;
   CREATE TABLE field_moves (
     type TEXT NOT NULL, field TEXT NOT NULL, from_facet TEXT NOT NULL, to_facet TEXT NOT NULL, since INTEGER NOT NULL,
     PRIMARY KEY (type, field, from_facet)
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE former_memberships (
     space_id TEXT NOT NULL, member_id TEXT NOT NULL, persona TEXT NOT NULL, PRIMARY KEY (space_id, member_id, persona)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE quarantine (
     id TEXT PRIMARY KEY, member_id TEXT NOT NULL, doc_id TEXT NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL, bytes BLOB NOT NULL
   ) STRICT;`,
  // Functions of checksums.ts. What is there already is taken for what was written.
  `ALTER TABLE documents ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE snapshots ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE updates ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
   UPDATE documents SET checksum = checksum_of_document(number, doc_id, space, type, record_id, facet);
   UPDATE snapshots SET checksum = checksum_of_snapshot(document, seq, bytes);
   UPDATE updates SET checksum = checksum_of_update(
     coalesce(chained.previous, (SELECT snapshots.seq FROM snapshots WHERE snapshots.document = updates.document), 0),
     updates.seq, document, at, author, bytes
   ) FROM (SELECT seq, lag(seq) OVER (PARTITION BY document ORDER BY seq) AS previous FROM updates) AS chained
   WHERE chained.seq = updates.seq;`,
  // Of a withdrawn consent: what it covers while it is in force, and which records it concerns. Words with spaces between.
  `ALTER TABLE privacy_requests ADD COLUMN covers TEXT NOT NULL DEFAULT '';
   ALTER TABLE privacy_requests ADD COLUMN records TEXT NOT NULL DEFAULT '';`,
  // When somebody's access ended, 0 while it has not; and one link at most for whoever has forgotten the password.
  `ALTER TABLE members ADD COLUMN ended_at INTEGER NOT NULL DEFAULT 0;
   CREATE TABLE password_resets (
     member_id TEXT PRIMARY KEY, secret_hash TEXT NOT NULL UNIQUE, made_by TEXT NOT NULL, expires_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  // Late edits may be of documents that never came to be. Of those that were erased since, nothing is kept.
  `DELETE FROM quarantine WHERE doc_id NOT IN (SELECT doc_id FROM documents);
   ALTER TABLE quarantine ADD COLUMN space TEXT NOT NULL DEFAULT '';
   ALTER TABLE quarantine ADD COLUMN type TEXT NOT NULL DEFAULT '';
   ALTER TABLE quarantine ADD COLUMN record_id TEXT NOT NULL DEFAULT '';
   ALTER TABLE quarantine ADD COLUMN facet TEXT NOT NULL DEFAULT '';
   UPDATE quarantine SET (space, type, record_id, facet) =
     (SELECT space, type, record_id, facet FROM documents WHERE documents.doc_id = quarantine.doc_id);`,
];

export const SCHEMA_VERSION = migrations.length;

/** Rows of older folders have none. */
export const FIRST_WITH_CHECKSUMS = 1 + migrations.findIndex((statements) => statements.includes("checksum_of_update"));
