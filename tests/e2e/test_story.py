"""What the README in the sample's schemas folder promises, on real Prisma and real PostgreSQL."""

import json

from e2e.service import COMBINED, SOURCES, Service


def test_new_team_member(service: Service) -> None:
    service.npm_run("prisma:generate")
    service.npm_run("build")

    migration = service.create_migration("init")
    assert migration.count("CREATE TABLE") == 6
    assert service.run("git", "status", "--porcelain", COMBINED) == ""  # merging changed nothing
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
    unlisted = service.attempt(*service.npm, "run", "prisma:check")
    assert unlisted.code == 1
    assert f"{SOURCES}/note.prisma" in unlisted.output
    assert "prisma-combine.toml" in unlisted.output

    service.edit("prisma-combine.toml", '"contact.prisma"]', '"contact.prisma", "note.prisma"]')
    stale = service.attempt(*service.npm, "run", "prisma:check")
    assert stale.code == 1
    assert "stale" in stale.output
    assert "+model Note {" in stale.output

    service.npm_run("prisma:merge")
    untracked = service.attempt(*service.npm, "run", "prisma:check")
    assert untracked.code == 1
    assert "git add" in untracked.output
    service.run("git", "add", "src", "prisma-combine.toml")
    service.npm_run("prisma:check")

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


def test_hand_edit_is_caught_and_adopted(migrated: Service) -> None:
    service = migrated
    company = "  company              String?\n"
    nickname = "  nickname             String?\n"
    service.edit(COMBINED, company, company + nickname)
    caught = service.attempt("git", "commit", "-a", "-m", "Nicknames")
    assert caught.code == 1
    assert "edited by hand" in caught.output
    assert f"{SOURCES}/contact.prisma" in caught.output
    assert "prisma-combine adopt" in caught.output
    assert service.run("git", "log", "--format=%s", "-1").strip() == "First migration"

    service.run("prisma-combine", "adopt")
    assert company + nickname in service.read(f"{SOURCES}/contact.prisma")
    assert company + nickname in service.read(COMBINED)
    service.run("git", "commit", "-a", "-m", "Nicknames")

    migration = service.create_migration("add_nickname")
    assert 'ALTER TABLE "contacts" ADD COLUMN     "nickname" TEXT' in migration
    service.apply_migrations()
    service.assert_database_matches_schema()
