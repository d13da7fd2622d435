import { describe, expect, test } from 'vitest';
import { BadOption, type Config, OPTIONS, readConfig } from './config.ts';

const THROUGH =
  '/dns4/kith.example.org/tcp/4001/p2p/12D3KooWPfjm5s3oR39w1SnU3qchRFJDXtAu6ipaWEzYKuLi4Eqr/p2p-circuit/p2p/12D3KooWMJqFs3jJbvJNDaDq3nUEQrwTCNNM7PPVSbPR2oSSykvN';
const HOME = { HOME: '/home/keeper' };
function run(args: readonly string[], env: Record<string, string> = {}): Config {
  const asked = readConfig(args, { ...HOME, ...env });
  if (asked.do !== 'run') throw new Error('expected to run');
  return asked.config;
}

describe('configuration', () => {
  test('without a word it has defaults', () => {
    expect(run([])).toEqual({
      data: '/home/keeper/.local/share/kith-relay',
      app: undefined,
      name: 'House relay',
      host: undefined,
      httpPort: 8080,
      httpsPort: 8443,
      tcpPort: 4001,
      webrtcPort: 4002,
      turnPort: 4003,
      turnMegabits: 512,
      origin: undefined,
      mdns: 'all',
      beacon: 14_720,
      peers: [],
      proxy: undefined,
      reach: false,
      keepFreeBytes: undefined,
      log: false,
      durability: 'durable',
    });
  });

  test('a flag wins over the environment, the environment over the default', () => {
    expect(run([], { KITH_HTTP_PORT: '81' }).httpPort).toBe(81);
    expect(run(['--http-port', '82'], { KITH_HTTP_PORT: '81' }).httpPort).toBe(82);
    expect(run([], { KITH_HTTP_PORT: '' }).httpPort).toBe(8080);
  });

  test('every option is understood', () => {
    const config = run([
      '--data=~/kith',
      '--name',
      ' Kitchen ',
      '--host',
      '127.0.0.1',
      '--https-port=0',
      '--tcp-port=0',
      '--webrtc-port=0',
      '--origin',
      'https://kith.home.arpa:8443',
      '--mdns',
      'eth0, wlan0',
      '--app',
      '/app',
    ]);
    expect(config).toMatchObject({
      data: '/home/keeper/kith',
      name: 'Kitchen',
      host: '127.0.0.1',
      httpsPort: 0,
      mdns: ['eth0', 'wlan0'],
      app: '/app',
    });
    expect(config.origin?.host).toBe('kith.home.arpa');
    expect(run(['--webrtc-port', 'off']).webrtcPort).toBe('off');
    expect(run(['--turn-rate', '100']).turnMegabits).toBe(100);
    expect(run(['--no-mdns']).mdns).toBe('off');
    expect(run(['--no-mdns', '--mdns', 'all']).mdns).toBe('off');
  });

  test('relays may be named several times, on the line or in the environment', () => {
    const id = '12D3KooWMJqFs3jJbvJNDaDq3nUEQrwTCNNM7PPVSbPR2oSSykvN';
    const [here, there] = [`/ip4/10.0.0.1/tcp/4001/p2p/${id}`, `/dns4/kith.example.org/tcp/4001/p2p/${id}`];
    const [both] = run(['--peer', here, '--peer', there]).peers;
    expect(both?.addresses).toEqual(['/ip4/10.0.0.1/tcp/4001', '/dns4/kith.example.org/tcp/4001']);
    expect(run([], { KITH_PEER: `${here} ${there}` }).peers).toEqual([both]);
    expect(run(['--peer', here], { KITH_PEER: there }).peers[0]?.addresses).toEqual(['/ip4/10.0.0.1/tcp/4001']);
  });

  test('a proxy and a port for the beacon are understood', () => {
    expect(run(['--proxy=socks5://127.0.0.1:9050', '--beacon', 'off'])).toMatchObject({
      beacon: 'off',
      proxy: { host: '127.0.0.1', port: 9050 },
    });
    expect(run(['--beacon', '15000']).beacon).toBe(15_000);
  });

  test('being reached from outside is switched on by a word', () => {
    expect(run(['--reach', 'on']).reach).toBe(true);
    expect(run([], { KITH_REACH: 'on' }).reach).toBe(true);
    expect(run(['--reach=off'], { KITH_REACH: 'on' }).reach).toBe(false);
  });

  test.each([
    [['--reach', 'yes'], '--reach must be "on" or "off", not "yes".'],
    [['--reach=on', '--proxy=socks5://127.0.0.1:9050'], 'do not go through a --proxy'],
    [['--peer', THROUGH, '--proxy=socks5://127.0.0.1:9050'], 'do not go through a --proxy'],
    [['--peer', 'kith.example.org'], '--peer must look like'],
    [['--proxy', 'http://ann:secret@h:1'], '--proxy must look like socks5://127.0.0.1:9050.'],
    [['--beacon', 'x'], '--beacon must be a number'],
    [['--turn-rate', '15'], '--turn-rate must be a number from 16 to 100000, not "15".'],
    [['--turn-rate', '1e3'], '--turn-rate must be'],
    [['--http-port', 'many'], '--http-port must be a number from 0 to 65535, not "many".'],
    [['--http-port', '65536'], 'from 0 to 65535'],
    [['--origin', 'http://kith.local'], '--origin must look like https://kith.home.arpa:8443'],
    [['--host', 'localhost'], '--host must be an address'],
    [['--name', ''], '--name must be a name of 1 to 40 letters.'],
    [['--name', 'x'.repeat(41)], '1 to 40'],
    [['--mdns', 'eth0,,'], '--mdns must be'],
    [['--wonder'], "Unknown option '--wonder'."],
    [['--data'], "Option '--data <value>' argument missing."],
    [['start'], 'Unexpected argument'],
    [['--http-port=9000', '--https-port=9000'], 'must differ'],
  ])('%j is answered with a sentence', (args, sentence) => {
    expect(() => run(args)).toThrow(BadOption);
    expect(() => run(args)).toThrow(sentence);
  });

  test('a bad value in the environment is called by its name there', () => {
    expect(() => run([], { KITH_TCP_PORT: '-1' })).toThrow('KITH_TCP_PORT must be');
  });

  test('ports that the system picks do not clash', () => {
    expect(run(['--http-port=0', '--https-port=0', '--tcp-port=0']).httpPort).toBe(0);
  });

  test('help and version are asked for by name', () => {
    expect(readConfig(['--help'], HOME)).toEqual({ do: 'help' });
    expect(readConfig(['--version'], HOME)).toEqual({ do: 'version' });
    expect(OPTIONS.every((option) => option.meaning.length > 15)).toBe(true);
  });
});
