import { connect } from './infrastructure/database/client.js'
import { syncContacts } from './sync-contacts.js'

const prisma = connect()

const user = await prisma.user.upsert({
  where: { email: 'ada@example.com' },
  create: { email: 'ada@example.com', fullName: 'Ada Lovelace' },
  update: {},
})
const integration = await prisma.integration.upsert({
  where: { kind: 'GOOGLE_CONTACTS' },
  create: { kind: 'GOOGLE_CONTACTS', displayName: 'Google Contacts', scopes: ['contacts.readonly'] },
  update: {},
})
const account = await prisma.integrationAccount.upsert({
  where: { integrationId_externalId: { integrationId: integration.id, externalId: 'ada' } },
  create: {
    userId: user.id,
    integrationId: integration.id,
    externalId: 'ada',
    accessToken: Buffer.from('encrypted'),
  },
  update: {},
})

const grace = { externalId: 'people/c1', displayName: 'Grace Hopper', emails: ['grace@example.com'] }
const alan = { externalId: 'people/c2', displayName: 'Alan Turing', emails: [] }
await syncContacts(prisma, account.id, { contacts: [grace, alan], nextSyncToken: 'first' })
await syncContacts(prisma, account.id, { contacts: [grace], nextSyncToken: 'second' })

const seen = await prisma.user.findUniqueOrThrow({
  where: { id: user.id },
  include: {
    contacts: { orderBy: { externalId: 'asc' } },
    integrationAccounts: { include: { integration: true, syncStates: true } },
  },
})
console.log(
  JSON.stringify({
    user: seen.fullName,
    contacts: seen.contacts.filter((contact) => !contact.deletedAt).map((contact) => contact.displayName),
    softDeleted: seen.contacts.filter((contact) => contact.deletedAt).map((contact) => contact.displayName),
    accounts: seen.integrationAccounts.map(({ integration, status, syncStates }) => ({
      integration: integration.kind,
      status,
      syncTokens: syncStates.map((state) => state.syncToken),
    })),
  }),
)
await prisma.$disconnect()
