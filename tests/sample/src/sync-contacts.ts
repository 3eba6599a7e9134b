import type { PrismaClient } from './generated/prisma/client.js'

export interface RemoteContact {
  externalId: string
  displayName: string
  emails: string[]
}

export interface Page {
  contacts: RemoteContact[]
  nextSyncToken: string
}

/** Makes an account's contacts what a full page of Google's says; those that are gone are soft deleted. */
export async function syncContacts(prisma: PrismaClient, integrationAccountId: string, page: Page) {
  const account = await prisma.integrationAccount.findUniqueOrThrow({
    where: { id: integrationAccountId },
  })

  return prisma.$transaction(async (tx) => {
    for (const { externalId, displayName, emails } of page.contacts) {
      await tx.contact.upsert({
        where: { integrationAccountId_externalId: { integrationAccountId, externalId } },
        create: { userId: account.userId, integrationAccountId, externalId, displayName, emails },
        update: { displayName, emails, deletedAt: null },
      })
    }

    const present = page.contacts.map((contact) => contact.externalId)
    const { count: deleted } = await tx.contact.updateMany({
      where: { integrationAccountId, deletedAt: null, externalId: { notIn: present } },
      data: { deletedAt: new Date() },
    })

    const progress = { syncToken: page.nextSyncToken, lastSyncedAt: new Date() }
    await tx.syncState.upsert({
      where: { integrationAccountId_resource: { integrationAccountId, resource: 'contacts' } },
      create: { integrationAccountId, resource: 'contacts', ...progress },
      update: progress,
    })
    return tx.syncLog.create({
      data: {
        integrationAccountId,
        resource: 'contacts',
        status: 'SUCCEEDED',
        updated: page.contacts.length,
        deleted,
        finishedAt: new Date(),
      },
    })
  })
}
