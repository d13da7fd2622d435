import { describe, expect, test } from 'vitest';
import { AuthorityDamaged, AuthorityForAnotherHost } from '../authority/authority.ts';
import { BadOption, OPTIONS } from '../config.ts';
import { EXIT, endingFor, PortTrouble } from './exit.ts';
import { helpText } from './help.ts';

const CONFIG = { data: '/data' };
const withName = (name: string, cause?: unknown): Error => Object.assign(new Error('it broke', { cause }), { name });
const withCode = (code: string): Error => Object.assign(new Error(code), { code });

describe('the sentence at the end', () => {
  test.each([
    [new BadOption('--x is wrong.'), EXIT.option, '--x is wrong. "--help"'],
    [
      new PortTrouble(8443, '--https-port', withCode('EADDRINUSE')),
      EXIT.port,
      'Port 8443 is used by another program. Stop that program, or choose another port with --https-port.',
    ],
    [new PortTrouble(80, '--http-port', withCode('EACCES')), EXIT.port, 'above 1023 with --http-port'],
    [new PortTrouble(80, '--http-port', withCode('EADDRNOTAVAIL')), EXIT.port, '--host'],
    [new PortTrouble(80, '--http-port', undefined), EXIT.port, 'Port 80 (--http-port) cannot be opened.'],
    [new AuthorityForAnotherHost('kith-a.local'), EXIT.origin, 'Phones know this house as kith-a.local'],
    [new AuthorityDamaged('torn'), EXIT.damaged, 'The house key cannot be used: torn.'],
    [withName('StoreLocked'), EXIT.second, 'Another relay is running with the data in /data.'],
    [withName('StoreNewer'), EXIT.newer, 'kept by a newer version'],
    [withName('StoreFull'), EXIT.folder, 'no room'],
    [withName('StoreFailed'), EXIT.damaged, 'The data in /data cannot be read: it broke.'],
    [withName('StoreFailed', withCode('EACCES')), EXIT.folder, 'The folder /data cannot be used (EACCES).'],
    [withName('StoreFailed', withCode('ENOSPC')), EXIT.folder, 'no room'],
    [withCode('EROFS'), EXIT.folder, 'cannot be used (EROFS)'],
    [new RangeError('oops'), EXIT.mistake, 'a mistake in the program'],
    ['a string', EXIT.mistake, 'a string'],
  ])('%s', (error, ending, sentence) => {
    const told = endingFor(error, CONFIG);
    expect(told.code).toBe(ending.code);
    expect(told.sentence).toContain(sentence);
  });

  test('every ending has a code of its own', () => {
    const codes = Object.values(EXIT).map((ending) => ending.code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('the help names every option and every code, and fits a terminal of 120 letters', () => {
    const help = helpText();
    for (const option of OPTIONS) expect(help).toContain(`--${option.flag}`);
    for (const ending of Object.values(EXIT)) expect(help).toContain(ending.meaning);
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });
});
