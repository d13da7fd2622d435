/**
 * Who may import whom: the import table of docs/architecture.md, folder by folder, type imports included; and who can be *reached*.
 * Run through scripts/boundaries.mjs, which also fails when a source file was not seen at all.
 */
const CORE = 'packages/core/src/';
const PWA = 'packages/pwa/src/';
const RELAY = 'packages/relay/src/';
const TESTS = '\\.test\\.tsx?$';

/** Files of `from` may import what one of `allowed` matches, and of what one of `types` matches only types. */
function only(name, from, allowed, types = []) {
  const path = `^${from}`;
  const rules = [
    {
      name,
      severity: 'error',
      comment: `${from} imports something that its row in the table does not hold`,
      from: { path, pathNot: TESTS },
      to: { pathNot: [...allowed, ...types].map((one) => `^${one}`) },
    },
  ];
  if (types.length > 0) {
    rules.push({
      name: `${name}-types`,
      severity: 'error',
      comment: `${from} may know the types of these, never their code`,
      from: { path, pathNot: TESTS },
      to: { path: types.map((one) => `^${one}`), pathNot: allowed.map((one) => `^${one}`), dependencyTypesNot: ['type-only'] },
    });
  }
  return rules;
}

/** From `from`, no chain of imports of any length leads to `to`. */
function noRoad(name, comment, from, to) {
  return {
    name,
    severity: 'error',
    comment,
    from: { path: from.map((one) => `^${one}`), pathNot: TESTS },
    to: { path: to.map((one) => `^${one}`), reachable: true },
  };
}

const core = (...folders) => folders.map((one) => `${CORE}${one}`);
const PEOPLE = core('session/', 'group/', 'content/', 'identity/', 'conversation/');
const NPM = 'node_modules/';
/** The host and its parts. */
const HOST = 'runtime/(host|turn|read-space|write-behind)\\.ts$';
/** The agreement with the host, and what both nodes are joined with. */
const NODE_SHARED = 'node/[^/]+\\.ts$';
/** The word list of BIP-39 and its checksum. */
const WORDS = 'node_modules/@scure/bip39';
const SODIUM = 'node_modules/(@types/)?libsodium-wrappers-sumo';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', comment: 'arrows point down only', from: {}, to: { circular: true } },
    {
      name: 'resolves',
      severity: 'error',
      comment: 'an import that cannot be found cannot be judged',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      comment: 'shipped code never imports a test',
      from: { path: '^packages/', pathNot: TESTS },
      to: { path: [TESTS, '^test/'] },
    },

    ...only('kernel', `${CORE}kernel/`, core('kernel/')),
    ...only('crypto', `${CORE}crypto/`, [...core('kernel/', 'crypto/'), SODIUM]),
    ...only('identity', `${CORE}identity/`, [...core('kernel/', 'crypto/', 'identity/'), WORDS]),
    {
      name: 'words-in-one-file',
      severity: 'error',
      comment: 'one file turns a seed into words',
      from: { path: `^${CORE}`, pathNot: [TESTS, `^${CORE}identity/recovery-words\\.ts$`] },
      to: { path: `^${WORDS}` },
    },
    ...only('envelope', `${CORE}envelope/`, core('kernel/', 'crypto/', 'envelope/')),
    ...only('session', `${CORE}session/`, core('kernel/', 'crypto/', 'identity/', 'session/')),
    ...only('group', `${CORE}group/`, core('kernel/', 'crypto/', 'identity/', 'group/')),
    ...only('gossip', `${CORE}gossip/`, core('kernel/', 'crypto/', 'envelope/', 'gossip/'), core('node/machine\\.ts$')),
    ...only('neighbours', `${CORE}neighbours/`, core('kernel/', 'crypto/', 'neighbours/'), core('node/machine\\.ts$')),
    ...only('content', `${CORE}content/`, core('kernel/', 'content/')),
    ...only('rendezvous', `${CORE}rendezvous/`, core('kernel/', 'crypto/', 'identity/', 'rendezvous/')),
    ...only('transfer', `${CORE}transfer/`, core('kernel/', 'crypto/', 'content/', 'transfer/')),
    ...only('conversation', `${CORE}conversation/`, core('kernel/', 'content/', 'conversation/'), core('identity/')),
    ...only('machine', `${CORE}node/machine\\.ts$`, core('kernel/')),
    ...only(
      'node-shared',
      `${CORE}node/(?!machine\\.ts)[^/]+\\.ts$`,
      core('kernel/', 'crypto/', 'envelope/', 'gossip/', 'neighbours/', NODE_SHARED),
    ),
    ...only(
      'node-relay',
      `${CORE}node/relay/`,
      core('kernel/', 'crypto/', 'envelope/', 'gossip/', 'neighbours/', NODE_SHARED, 'node/relay/'),
    ),
    ...only(
      'node-person',
      `${CORE}node/person/`,
      core(
        'kernel/',
        'crypto/',
        'identity/',
        'session/',
        'group/',
        'envelope/',
        'gossip/',
        'neighbours/',
        'rendezvous/',
        'transfer/',
        'content/',
        'conversation/',
        NODE_SHARED,
        'node/person/',
      ),
    ),
    ...only('ports', `${CORE}ports/`, core('kernel/', 'ports/'), core('node/machine\\.ts$')),
    ...only('host', `${CORE}${HOST}`, core('kernel/', 'ports/', 'node/machine\\.ts$', HOST)),
    ...only('vault', `${CORE}runtime/vault/`, core('kernel/', 'crypto/', 'ports/', 'runtime/vault/', 'node/machine\\.ts$')),
    ...only(
      'facade',
      `${CORE}runtime/(messenger|messenger-port)\\.ts$`,
      core('kernel/', 'ports/', 'runtime/(messenger|messenger-port)\\.ts$'),
      core('node/', 'content/', 'conversation/'),
    ),
    ...only(
      'reading',
      `${CORE}runtime/(queries|resident|archive)\\.ts$`,
      core(
        'kernel/',
        'ports/',
        'content/',
        'conversation/',
        'node/',
        'runtime/(queries|resident|archive|limits|messenger|read-space)\\.ts$',
      ),
      core('identity/', 'crypto/', 'session/', 'rendezvous/'),
    ),
    ...only(
      'backup',
      `${CORE}runtime/backup\\.ts$`,
      core('kernel/', 'crypto/', 'node/person/archive-records\\.ts$', 'runtime/(backup|limits)\\.ts$', 'runtime/vault/limits\\.ts$'),
      core('ports/', 'node/person/', 'runtime/messenger\\.ts$'),
    ),
    ...only(
      'create-messenger',
      `${CORE}runtime/create-messenger`,
      core('kernel/', 'crypto/', 'ports/', 'runtime/', 'node/machine\\.ts$', 'node/person/', 'identity/'),
      core('content/', 'conversation/', 'rendezvous/'),
    ),
    ...only('core-index', `${CORE}index\\.ts$`, core('')),
    ...only('core-relay', `${CORE}relay\\.ts$`, core('kernel/', 'ports/', HOST, 'node/relay/', 'crypto/'), core('node/machine\\.ts$')),
    {
      name: 'adapters',
      severity: 'error',
      comment: 'an adapter knows its ports, the words they are written in (node/machine), the kernel and its own outside library',
      from: { path: `^${CORE}adapters/`, pathNot: TESTS },
      to: { path: `^${CORE}`, pathNot: core('kernel/', 'ports/', 'node/machine\\.ts$', 'adapters/').map((one) => `^${one}`) },
    },
    {
      name: 'adapters-apart',
      severity: 'error',
      comment: 'never another adapter; what several share lies beside them, directly in adapters/',
      from: { path: `^${CORE}adapters/([^/]+)/`, pathNot: TESTS },
      to: { path: `^${CORE}adapters/[^/]+/`, pathNot: `^${CORE}adapters/$1/` },
    },
    {
      name: 'testing',
      severity: 'error',
      comment: 'exams and builders know everything pure and the ports, never an adapter',
      from: { path: `^${CORE}testing/`, pathNot: TESTS },
      to: { path: core('adapters/', 'index\\.ts$').map((one) => `^${one}`) },
    },
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      comment: 'nothing that runs for people imports testing/',
      from: { path: '^packages/', pathNot: [TESTS, `^${CORE}testing/`] },
      to: { path: `^${CORE}testing/` },
    },

    ...only('relay-package', `${RELAY}`, [`${CORE}relay\\.ts$`, `${CORE}adapters/`, RELAY, NPM, '(node:)?[a-z_0-9]+(/promises)?$']),
    ...only(
      'view-models',
      `${PWA}view-models/`,
      [`${CORE}index\\.ts$`, `${PWA}view-models/`, `${PWA}ports\\.ts$`, `${PWA}locales/`, 'node_modules/@preact/signals'],
      [],
    ),
    ...only(
      'views',
      `${PWA}views/`,
      [`${PWA}views/`, `${PWA}view-models/`, `${PWA}design/`, `${PWA}locales/`, 'node_modules/(@preact/signals|preact|qr)/'],
      [`${PWA}ports\\.ts$`, `${CORE}index\\.ts$`],
    ),
    ...only('device', `${PWA}device/`, [`${PWA}device/`, NPM], [`${PWA}ports\\.ts$`, `${PWA}view-models/`, `${CORE}index\\.ts$`]),
    ...only('design', `${PWA}design/`, [`${PWA}design/`, 'node_modules/(@preact/signals|preact)']),

    noRoad(
      'relay-has-no-road-to-a-session',
      'the relay has no road to a session key',
      [`${RELAY}main\\.ts$`, `${CORE}relay\\.ts$`],
      [...PEOPLE, ...core('rendezvous/', 'node/person/', 'index\\.ts$')],
    ),
    noRoad(
      'views-have-no-road-to-the-network',
      'views have no road to the network',
      [`${PWA}views/`, `${PWA}design/`],
      [...core('adapters/'), `${PWA}(main|worker)\\.tsx?$`, 'node_modules/(@libp2p|libp2p|idb|ws)/'],
    ),
    noRoad('gossip-has-no-road-to-a-person', 'gossip has no road to a person', core('gossip/', 'neighbours/', 'envelope/'), [
      ...PEOPLE,
      ...core('rendezvous/', 'node/person/'),
    ]),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['kith-source', 'types', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.d.ts', '.json', '.css'],
    },
  },
};
