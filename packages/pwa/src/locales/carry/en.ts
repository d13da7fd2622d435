/** What the screens for carrying by hand say, in English. Plain and short, as in `../en.ts`. A sealed message is a packet here, as for whoever carries it. */

const packets = (n: number): string => (n === 1 ? '1 sealed packet' : `${n} sealed packets`);

export const carryEn = {
  what: 'Where no way leads, sealed messages can travel with you: in a file, or from a screen to a camera. Whoever carries them can read none of it.',

  out: {
    title: 'Take along',
    size: 'How much',
    sizes: { small: '8 kB', medium: '1 MB', large: '16 MB', all: 'All' },
    sizeSaid: { small: 'At most 8 kilobytes', medium: 'At most 1 megabyte', large: 'At most 16 megabytes', all: 'Everything' },
    notes: {
      small: 'A few messages. What you wrote goes first.',
      medium: 'What you wrote goes first, then what this phone carries for others.',
      large: 'What you wrote goes first, then what this phone carries for others.',
      all: 'Whatever waits here, up to 64 MB.',
    },
    save: 'Save a file',
    share: 'Share the file',
    show: 'Show it to a camera',
    packing: 'Packing…',
    packed: (name: string, size: string): string => `${name}, ${size}.`,
    holds: (all: number, own: number): string =>
      own === all
        ? `${packets(all)}, all from you.`
        : own === 0
          ? `${packets(all)}, all from others.`
          : `${packets(all)}, ${own} from you.`,
    stays: 'They stay here, too, until they have arrived.',
    notTaken: 'This phone hands no such files to other apps. The file was saved instead.',
    refusal: {
      'nothing-to-carry': 'Nothing waits here to be carried, or nothing so small. Whatever you write next can go this way.',
      'no-profile': 'First give yourself a name.',
      failed: 'It could not be packed. Nothing was lost; try again.',
    },
  },

  in: {
    title: 'Bring in',
    how: 'A file from somebody else’s Kith. You can also drop or paste it here.',
    open: 'Open a file',
    scan: 'Read it from a screen',
    reading: 'Unpacking…',
    forMe: (n: number): string => (n === 1 ? 'One packet was for you.' : `${n} packets were for you.`),
    toCarry: (n: number): string =>
      n === 1 ? 'One is for somebody else; this phone carries it on.' : `${n} are for others; this phone carries them on.`,
    known: (n: number): string => (n === 1 ? 'One was here before.' : `${n} were here before.`),
    refused: (n: number): string =>
      n === 1 ? 'One was not taken: it is too old, or there is no room.' : `${n} were not taken: they are too old, or there is no room.`,
    nothing: 'There was nothing in it.',
    toMessages: 'To the messages',
    answer: 'Show yours in return',
    answerNote: 'Show yours in return, and they hear that theirs have arrived.',
    refusal: {
      'no-profile': 'First give yourself a name.',
      'not-a-bundle': 'That is no file of sealed messages. Look for one that ends in .kithbundle; nothing was changed.',
      'newer-version': 'A newer Kith made this. Load the page again to get the newer version, then try once more; nothing was changed.',
      damaged: 'It did not get here whole. Copy it again from where it came from; nothing was changed.',
      'too-large': (max: string): string =>
        `That is more than Kith takes at once, which is ${max}. Ask for a smaller one; nothing was changed.`,
      unreadable: 'This file cannot be read here. Copy it again, or choose another one.',
      failed: 'It could not be unpacked. Nothing was changed; try again.',
    },
  },

  show: {
    title: 'Show to a camera',
    how: 'Make this screen bright. The other phone opens “Carry by hand”, reads it from this screen, and holds still until it has everything.',
    flickers: 'It flickers when it moves; whoever that troubles can turn the codes by hand.',
    code: 'A code that moves, for another phone’s camera',
    length: 'How much',
    lengths: { short: '8 kB', long: '32 kB' },
    lengthSaid: { short: 'Short, at most 8 kilobytes', long: 'Long, at most 32 kilobytes' },
    step: (step: number, needed: number): string => `Code ${step}. About ${needed} are needed, in any order.`,
    stop: 'Stop it',
    go: 'Let it move',
    next: 'Next code',
  },

  scan: {
    title: 'Read from a screen',
    looking: 'Point the camera at the code that moves on the other screen.',
    notOurs: 'That code does not move. On the other phone, open “Carry by hand” and show it to a camera.',
    going: (have: number, of: number): string => `${have} of ${of} parts. Keep still.`,
    meter: 'Parts read',
    damaged: 'One code was misread, so it begins again. Keep still.',
    again: 'Read another one',
    fileInstead: 'Open a file instead',
    trouble: {
      absent: 'There is no camera here that Kith could use. Let them save a file, and open that.',
      'not-allowed': 'Kith may not use the camera. Allow it in the phone’s settings, under Kith, or let them save a file, and open that.',
      failed: 'The camera does not start. Let them save a file, and open that.',
    },
  },
};
