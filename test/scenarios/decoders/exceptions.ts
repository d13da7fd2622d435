/** What looks like a decoder and has no line in the table, with the reason. */

const DISK = 'joins decodeSlots and openState with the disk';
const OPENS = 'opens a store or a key of the platform; reads no bytes itself';
const JOINS = 'joins decoders of this table; a whole node is fuzzed by the simulator and hostile-contact.test.ts';

/** Functions named like decoders that are none, or are tried elsewhere: why. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  'adapters/device-key-webcrypto/index.ts openDeviceKey': OPENS,
  'adapters/link-message-port/hand-messages.ts readHandCommand': 'a part of readToLink',
  'adapters/link-message-port/hand-messages.ts readHandEvent': 'a part of readToNode',
  'adapters/store-indexeddb/index.ts openIndexedDbStore': OPENS,
  'adapters/store-leveldb/index.ts openLevelStore': OPENS,
  'adapters/version-row.ts checkVersionRow': 'throws by contract: a host that meets another version stops and says so',
  'gossip/reconcile/cells.ts checkOf': 'works out a check; reads nothing',
  'kernel/bytes.ts fromKey': 'turns back what toKey made; never given anything else',
  'node/person/by-hand.ts readShown': 'joins readShownCode',
  'node/person/correspondence.ts readElsewhere': 'a receipt that was decoded already',
  'node/person/first-message.ts acceptFirst': JOINS,
  'node/person/inviting.ts accept': 'joins readInvitation and readShownCode',
  'node/person/opening.ts openEnvelope': JOINS,
  'runtime/archive.ts readArchive': 'reads rows of a store; each is read by its own decoder',
  'runtime/archive.ts readMessagePieces': 'reads rows of a store; each is read by its own decoder',
  'runtime/backup.ts openBackup': 'changed byte by byte, cut and fuzzed in its own tests, where a key is at hand',
  'session/session.ts readChains': 'takes a session, not bytes',
  'node/person/stored.ts decodePerson': JOINS,
  'node/person/sessions.ts openBySpare': JOINS,
  'runtime/queries.ts readOverview': 'a query: joins decodeMessage with the view',
  'runtime/queries.ts readTimeline': 'a query: joins decodeMessage with the view',
  'runtime/read-space.ts readSpace': 'fetches rows; reads no bytes itself',
  'runtime/resident.ts readPerson': 'fetches rows for decodePerson',
  'runtime/vault/unlock.ts readSlots': DISK,
  'runtime/vault/vault.ts openVault': DISK,
  'runtime/vault/vault.ts readLock': DISK,
  'session/session.ts openSession': 'makes a session; the bundle was read and checked before',
};

/** Files that make a `Reader` and hold none of the functions above. */
export const OTHER_READERS: Readonly<Record<string, string>> = {
  'runtime/backup.ts': 'openBackup, with its own tests',
  'adapters/store-leveldb/bulk-rows.ts': 'the number of the last segment, which it wrote itself',
  'adapters/store-leveldb/index.ts': 'the number of the last commit, which it wrote itself',
  'gossip/seen.ts': 'its own rows; one that does not read is passed over (gossip.test.ts)',
  'node/person/correspondence.ts': 'the time in a key of its own',
  'node/person/linking.ts': "a welcome from one's own device, and hands its list to readDeviceList",
  'node/person/carrying.ts': 'rows of this device; one that does not read is passed over',
  'runtime/vault/seal.ts': 'rows of this device that it sealed itself',
};
