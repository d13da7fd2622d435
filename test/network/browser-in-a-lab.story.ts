/** Browsers in the lab: a page served by another host loads, a forgotten certificate authority is refused, and Chromium itself calls nobody. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromiumUnavailable, openBrowser } from '../browser/chromium.ts';
import { story, waitFor } from '../story.ts';
import { labUnavailable, openLab } from './lab.ts';

const NAME = 'house.home.arpa';

const SERVER = `
const fs = require('fs');
const [folder] = process.argv.slice(1);
require('https').createServer({ key: fs.readFileSync(folder + '/leaf.key'), cert: fs.readFileSync(folder + '/leaf.pem') }, (q, a) => {
  a.setHeader('content-type', 'text/html'); a.end('<title>house</title><h1>at home</h1>');
}).listen(8443, '0.0.0.0', () => console.log('listening'));`;

story('browsers in the lab', async (t) => {
  const why = labUnavailable() ?? chromiumUnavailable(true);
  if (why !== undefined) {
    t.skip('browsers in network namespaces', why);
    return;
  }
  const folder = await t.folder('ca');
  const openssl = async (...args: string[]): Promise<unknown> => promisify(execFile)('openssl', args, { cwd: folder });
  const ecKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'];
  await openssl('req', '-x509', ...ecKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Lab CA');
  await openssl(
    ...['req', '-x509', ...ecKey, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-keyout', 'leaf.key', '-out', 'leaf.pem', '-subj', `/CN=${NAME}`],
    ...['-addext', `subjectAltName=DNS:${NAME}`, '-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=serverAuth'],
  );

  const lab = await openLab(t, ['srv', 'a', 'b']);
  const srv = lab.host('srv');
  const server = srv.spawn(process.execPath, ['-e', SERVER, folder]);
  await waitFor(() => server.output().includes('listening'), { withinMs: 10_000, what: 'the server listens', seen: server.output });

  const names = { [NAME]: srv.address };
  const ann = await openBrowser(t, { name: 'ann', host: lab.host('a'), trust: [join(folder, 'ca.pem')], names });
  await t.claim('a page from another host loads in a browser that trusts the house', async () => {
    await ann.page.goto(`https://${NAME}:8443/`);
    const heading = await ann.page.innerText('h1');
    const secure = await ann.page.evaluate(() => window.isSecureContext);
    if (heading !== 'at home' || !secure) throw new Error(`${heading}, secure context: ${secure}`);
  });
  await t.claim('a browser that does not trust the house refuses it', async () => {
    const bo = await openBrowser(t, { name: 'bo', host: lab.host('b'), names });
    const answer = await bo.page.goto(`https://${NAME}:8443/`).then(
      () => 'it loaded',
      (error: unknown) => String(error),
    );
    if (!answer.includes('ERR_CERT_AUTHORITY_INVALID')) throw new Error(answer);
  });
  await t.claim('neither browser called anybody outside', async () => {
    if ((await lab.packets()) < 10) throw new Error('no packets were counted');
    const strangers = await lab.strangers();
    if (strangers.length > 0) throw new Error(strangers.join('; '));
  });
});
