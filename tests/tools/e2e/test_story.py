"""What the README in the sample's schemas folder promises, on real Prisma and real PostgreSQL."""

import json

from tools.e2e.service import COMBINED, SOURCES, Service

SCRIPT = "src/infrastructure/database/combine-schemas.js"
CONTACT = f"{SOURCES}/contact.prisma"


def test_new_team_member(service: Service) -> None:
    service.merge()
    assert service.check() == ("in-sync", [])
    assert service.run("git", "diff", "HEAD") == ""
    service.npm_run("prisma:generate")
    service.npm_run("build")

    migration = service.create_migration("init")
    assert migration.count("CREATE TABLE") == 6
    assert "successfully applied" in service.apply_migrations()
    assert "No pending migrations" in service.apply_migrations()
    assert "Already in sync" in service.prisma("migrate", "dev")
    service.assert_database_matches_schema()
    databases = service.query("SELECT datname FROM pg_database")
    assert not [name for name in databases if "shadow" in name]

    assert json.loads(service.npm_run("start")) == {
        "user": "Ada Lovelace",
        "contacts": ["Grace Hopper"],
        "softDeleted": ["Alan Turing"],
        "accounts": [
            {"integration": "GOOGLE_CONTACTS", "status": "ACTIVE", "syncTokens": ["second"]}
        ],
    }
    deleted = "SELECT display_name FROM contacts WHERE deleted_at IS NOT NULL"
    assert service.query(deleted) == ["Alan Turing"]


NOTE = """\
/// What a user wrote about a contact.
model Note {
  id        String   @id @default(uuid()) @db.Uuid
  contactId String   @map("contact_id") @db.Uuid
  text      String
  createdAt DateTime @default(now()) @map("created_at") @db.Timestamptz(3)

  contact Contact @relation(fields: [contactId], references: [id], onDelete: Cascade)

  @@index([contactId])
  @@map("notes")
}
"""

NOTES_SCRIPT = """\
import { connect } from './infrastructure/database/client.js'

const prisma = connect()
const contact = await prisma.contact.findFirstOrThrow({ where: { displayName: 'Grace Hopper' } })
await prisma.note.create({ data: { contactId: contact.id, text: 'Call on Monday' } })
const { notes } = await prisma.contact.findUniqueOrThrow({
  where: { id: contact.id },
  include: { notes: true },
})
console.log(notes.map((note) => note.text).join())
await prisma.$disconnect()
"""


def test_adding_a_new_schema(migrated: Service) -> None:
    service = migrated
    service.write(f"{SOURCES}/note.prisma", NOTE)
    unique = "\n  @@unique([integrationAccountId, externalId])"
    relation = "  notes              Note[]\n"
    service.edit(f"{SOURCES}/contact.prisma", unique, relation + unique)
    assert service.check() == ("invalid", ["unlisted-file"])

    last = "  'contact.prisma',\n"
    service.edit(SCRIPT, last, f"{last}  'note.prisma',\n")
    service.edit("prisma-combine.toml", '"contact.prisma"]', '"contact.prisma", "note.prisma"]')
    assert service.check() == ("stale", ["untracked"])

    service.merge()
    assert service.check() == ("in-sync", ["untracked"])
    service.run("git", "add", "src", "prisma-combine.toml")
    assert service.check() == ("in-sync", [])

    migration = service.create_migration("add_notes")
    assert 'CREATE TABLE "notes"' in migration
    assert migration.count("CREATE TABLE") == 1
    service.apply_migrations()
    service.assert_database_matches_schema()

    service.write("src/notes.ts", NOTES_SCRIPT)
    service.npm_run("prisma:generate")
    service.npm_run("build")
    service.npm_run("start")
    assert service.run("node", "dist/src/notes.js").strip() == "Call on Monday"
    service.run("git", "add", "src")
    service.run("git", "commit", "-m", "Notes")


COMPANY = "  company              String?\n"
NICKNAME = "  nickname             String?\n"


def test_commit_without_combining_is_refused(migrated: Service) -> None:
    service = migrated
    service.edit(CONTACT, COMPANY, COMPANY + NICKNAME)
    assert service.attempt("git", "commit", "-a", "-m", "Nicknames").code == 1
    assert service.run("git", "log", "--format=%s", "-1").strip() == "First migration"
    assert service.check() == ("stale", [])

    service.merge()
    service.run("git", "commit", "-a", "-m", "Nicknames")
    service.edit(CONTACT, NICKNAME, "")
    service.merge()
    service.run("git", "commit", "-a", "-m", "No nicknames")
    assert service.run("git", "diff", "HEAD~2", "--", "src") == ""


def test_hand_edit_is_refused_and_adopted(migrated: Service) -> None:
    service = migrated
    service.edit(COMBINED, COMPANY, COMPANY + NICKNAME)
    edited = service.read(COMBINED)
    assert service.attempt("git", "commit", "-a", "-m", "Nicknames").code == 1
    assert service.run("git", "log", "--format=%s", "-1").strip() == "First migration"
    assert service.check() == ("hand-edited", [])

    # Without --all-files pre-commit puts aside what is not staged, the edit among it.
    adopt = ("pre-commit", "run", "prisma-combine-adopt", "--hook-stage", "manual", "--all-files")
    assert service.attempt(*adopt).code == 1  # to pre-commit, a hook that writes has failed
    assert COMPANY + NICKNAME in service.read(CONTACT)
    assert service.read(COMBINED) == edited
    service.merge()
    assert service.read(COMBINED) == edited
    service.run("git", "commit", "-a", "-m", "Nicknames")

    migration = service.create_migration("add_nickname")
    assert 'ALTER TABLE "contacts" ADD COLUMN     "nickname" TEXT' in migration
    service.apply_migrations()
    service.assert_database_matches_schema()


def test_hand_edit_and_changed_source_are_both_kept(migrated: Service) -> None:
    service = migrated
    phone = '  phoneNumbers         String[]  @map("phone_numbers")\n'
    service.edit(COMBINED, COMPANY, COMPANY + NICKNAME)
    service.edit(CONTACT, phone, "")
    assert service.check() == ("diverged", [])

    service.run("prisma-combine", "adopt")
    assert NICKNAME in service.read(CONTACT)
    assert phone not in service.read(CONTACT)
    service.merge()
    service.run("git", "commit", "-a", "-m", "Nicknames instead of numbers")
    migration = service.create_migration("nicknames_instead_of_numbers")
    assert 'DROP COLUMN "phone_numbers"' in migration
    assert 'ADD COLUMN     "nickname" TEXT' in migration


def test_removing_a_schema(migrated: Service) -> None:
    service = migrated
    for path in (SCRIPT, "prisma-combine.toml"):
        text = service.read(path)
        for listed in ("  'sync.prisma',\n", '"sync.prisma", '):
            text = text.replace(listed, "")
        service.write(path, text)
    service.edit(f"{SOURCES}/integration.prisma", "  syncStates  SyncState[]\n", "")
    service.edit(f"{SOURCES}/integration.prisma", "  syncLogs    SyncLog[]\n", "")
    service.run("git", "rm", "-q", f"{SOURCES}/sync.prisma")
    assert service.attempt("git", "commit", "-a", "-m", "No sync").code == 1
    assert service.check() == ("stale", [])

    service.merge()
    service.run("git", "commit", "-a", "-m", "No sync")
    migration = service.create_migration("drop_sync")
    assert migration.count("DROP TABLE") == 2
    service.apply_migrations()
