/** Every word the app says, in English. Plain and short: first the fact, then what to do, then what is not lost (the look, "Words"). */

const list = new Intl.ListFormat('en-GB', { type: 'conjunction' });
const counted = (n: number, one: string, many: string): string => (n === 1 ? `1 ${one}` : `${n} ${many}`);

export const en = {
  /** How dates are written. */
  tag: 'en-GB',
  direction: 'ltr' as 'ltr' | 'rtl',
  list: (names: readonly string[]): string => list.format(names),
  app: 'Kith',
  /** Met, but their first word, which brings the name, is still on its way. */
  nameless: 'Somebody new',
  title: (screen: string): string => `${screen} – Kith`,

  tabs: { name: 'Main', messages: 'Messages', meet: 'Meet', around: 'Around', settings: 'Settings' },
  close: 'Close',
  back: 'Back',
  backToMessages: 'Back to messages',
  backToConversation: 'Back to conversation',
  backToSettings: 'Back to settings',
  backTo: (name: string): string => `Back to ${name}`,
  opening: 'Opening Kith…',
  openingSlowly: 'Still opening. The first time takes a little longer.',

  gate: {
    elsewhereTitle: 'Kith is open in another tab',
    elsewhere: 'One tab at a time keeps your messages in order. Nothing is lost; it goes on over there.',
    continueHere: 'Continue here',
    continuing: 'Asking the other tab to close its end…',
    silent: 'The other tab does not answer. Kith stops it from writing, then opens here…',
    untrustedTitle: 'This address is not trusted yet',
    untrusted:
      'Kith keeps its keys only where the browser can tell that nobody changed the page on the way. Open the address your relay shows, and follow its steps once.',
    stoppedTitle: 'Kith has stopped',
    stopped: 'It made a mistake and stopped before doing harm. Your messages are still on this phone.',
    openAgain: 'Open again',
    newerTitle: 'A newer Kith wrote here',
    newer:
      'This phone has messages from a newer version of Kith, and an older one must not touch them. Load the page again to get the newer version.',
    lockedTitle: 'Something else holds Kith’s storage',
    locked: 'Close other windows of Kith on this phone, then open it again. Nothing is lost.',
    noStorageTitle: 'Kith could not open its storage',
    noStorage:
      'The browser does not let Kith keep anything here, or the phone is full. Make room, or open Kith in an ordinary window. Nothing was deleted.',
  },

  firstRun: {
    question: 'What do your people call you?',
    promise: 'No number, no e-mail, no password. Your name stays on this phone until you meet someone.',
    label: 'Your name',
    help: 'A first name is enough.',
    go: 'Continue',
    going: 'Making your keys…',
    empty: 'A name is needed, so that your people know who writes. A first name is enough.',
    tooLong: (max: number): string => `That is longer than ${max} letters. A first name is enough.`,
    invited: 'Somebody has sent you a link. First your name, then you meet.',
    before: 'I have used Kith before',
    beforeHow: 'However you begin, you stay the same person to everyone who knows you.',
    byWords: 'With my 24 words',
    byWordsNote: 'When no device of yours is left',
    byLink: 'Link to my other device',
    byLinkNote: 'Both are here; messages come along',
    byBackup: 'Restore a backup',
    byBackupNote: 'A file that Kith made, and what locks it',
  },

  notSaved: {
    full: 'This phone is full. Nothing was sent and nothing was lost; make room and try again.',
    failed: 'This phone could not save it. Nothing was sent and nothing was lost; try again.',
    fullTitle: 'This phone is full.',
    fullRest: 'New messages wait with those who carry them until there is room. Nothing was lost.',
    failedTitle: 'This phone could not save something.',
    failedRest: 'It is tried again. Nothing was lost.',
  },

  privateWindow: 'This private window forgets everything when it closes. Open Kith in an ordinary window to keep your messages.',

  home: {
    now: 'Reachable now',
    conversations: 'Conversations',
    onTheLine: (n: number): string =>
      n === 0 ? 'Nobody is on the line' : n === 1 ? '1 person is on the line' : `${n} people are on the line`,
    relayNear: 'The relay is near',
    relayOff: 'The relay is out of reach.',
    stillDirect: (names: readonly string[]): string => `You still reach ${list.format(names)} directly.`,
    directOnly: 'Directly, without a relay',
    strangersNear: (n: number): string => `${counted(n, 'phone', 'phones')} near you will carry what you write`,
    nobodyNear: 'What you write waits on this phone',
    relay: 'Relay',
    you: (text: string): string => `You: ${text}`,
    justMet: 'You have met. Write the first word.',
    newCount: (n: number): string => `${n} new`,
    emptyTitle: 'Your end of the string',
    emptyWhy: 'Kith has no directory. You meet people by holding your phones together, or by a link.',
    emptyGo: 'Meet the first person',
    emptyNote: 'Has somebody already met you? They will appear here by themselves.',
    choose: 'Choose someone to write to',
    chooseWhy: 'Or meet somebody new. Your conversations stay on the left.',
    tellMe: 'Kith can tell you when somebody writes while you look at something else.',
    tellMeGo: 'Tell me',
    notNow: 'Not now',
  },

  introduction: {
    asks: (by: string, name: string): string => `${by} would like you to meet ${name}.`,
    between: (by: string): string => `Until you two have compared numbers, ${by} could stand in between.`,
    yes: 'Yes',
    notNow: 'Not now',
    yesSaid: (name: string): string => `${name} appears here as soon as both of you have said yes and your phones find each other.`,
  },

  clock: {
    span: (hours: number): string =>
      hours < 72 ? `${hours} hours` : hours < 17_520 ? `${Math.round(hours / 24)} days` : `${Math.round(hours / 8760)} years`,
    ahead: (span: string): string => `This phone’s clock is ${span} ahead of others nearby.`,
    behind: (span: string): string => `This phone’s clock is ${span} behind others nearby.`,
    aheadText: 'Set it right in the phone’s settings, or others do not take what you write. Your copy stays here.',
    behindText: 'Set it right in the phone’s settings, or your messages expire too early. Your copy stays here.',
  },

  reach: {
    direct: 'Directly, phone to phone',
    relay: 'Through the relay',
    circuit: 'Passed on by a relay',
    carried: 'Carried by others',
    'not-now': 'Not reachable now',
  },
  reachLower: {
    direct: 'directly, phone to phone',
    relay: 'through the relay',
    carried: 'carried by others',
    'not-now': 'not reachable now',
  },

  state: {
    waiting: 'Waiting on this phone',
    carried: (carriers: number, until: string): string => `Carried by ${carriers}, until ${until}`,
    carriedShort: (carriers: number): string => `Carried by ${carriers}`,
    delivered: 'Delivered',
    read: 'Read',
    expired: 'Not delivered in time. Send again?',
  },

  conversation: {
    with: (name: string): string => `Conversation with ${name}`,
    about: (name: string, reach: string): string => `${name}, ${reach}. About ${name}`,
    write: (name: string): string => `Write to ${name}`,
    message: 'Message',
    send: 'Send',
    unread: 'New',
    today: 'Today',
    yesterday: 'Yesterday',
    newBelow: 'New messages',
    toNewest: 'To the newest',
    earlier: 'Earlier messages',
    readingEarlier: 'Reading earlier messages…',
    beginning: (day: string): string => `You met on ${day}.`,
    firstWord: (name: string): string =>
      `Nothing written yet. ${name} gets your first word as soon as you are in reach of each other, or somebody carries it.`,
    outOfReach: (name: string): string => `${name} is out of reach. Others carry what you write.`,
    nobodyNear: 'Nobody is near. What you write waits on this phone, and goes out while Kith is open.',
    room: (left: number): string => (left === 1 ? 'Room for 1 more letter' : `Room for ${left} more letters`),
    tooLong: (over: number): string => `${counted(over, 'letter', 'letters')} too many. Send it in two parts.`,
    unknown: 'This person is not on this phone.',
    unknownTitle: 'Not on this phone',
    announce: (name: string, text: string): string => `${name}: ${text}`,
    fromRemovedDevice: (name: string): string => `From a device that ${name} has removed`,
    notTrusted: (name: string): string => `Nothing is sent to ${name} until you have made sure who it is. What you wrote stays here.`,
    verified: 'You made sure who this is.',
    where: (state: string): string => `${state}. Where is it?`,
  },

  /** On the screen of one message: `ways/en.ts`. */
  where: {
    closed: 'While Kith is closed, messages wait.',
    today: (time: string): string => `today at ${time}`,
    on: (day: string, time: string): string => `on ${day} at ${time}`,
  },

  /** The reminder, and where it leads. */
  recovery: {
    title: 'Your 24 words',
    waiting: 'Your 24 words are not written down yet. Without them a lost phone is a lost account.',
    write: 'Write them down',
    entry: 'Recovery words',
    entryWaiting: 'Not written down yet',
    entryGone: 'On your paper, not on this phone',
    entryNotFirst: 'Not on this device',
  },

  /** Why 24 words are not 24 words, wherever they are typed. */
  recover: {
    'word-count': (found: number, expected: number): string =>
      found < expected
        ? `That is ${counted(found, 'word', 'words')}; ${expected} are needed. Is a line missing?`
        : `That is ${found} words; ${expected} are needed. Is one written twice?`,
    'unknown-word': (word: string, position: number): string =>
      `Word ${position}, “${word}”, is none that Kith uses. Look for a letter that was misread.`,
    checksum: 'All of these words exist, but together they fit no account. Two may have changed places, or one is another word.',
  },

  /** How somebody was made sure of. */
  verified: {
    scanned: (name: string): string => `You scanned ${name}’s code`,
    compared: (name: string): string => `You compared numbers with ${name}`,
  },

  check: {
    title: (name: string): string => `Make sure it is ${name}`,
    invited: (name: string): string => `${name} compares six digits with you now.`,
    brokenOff: (name: string): string => `The comparison of six digits with ${name} was broken off.`,
    look: 'Look',
  },

  news: {
    'new-device': (name: string): string => `${name} uses one more device`,
    newDeviceText: (day: string): string => `Since ${day}, added by one they already had.`,
    'root-rotated': (name: string): string => `${name} began again with their recovery words`,
    rootRotatedText: (day: string): string =>
      `On ${day}. That is what one does after losing a phone. Ask them whether it was so: whoever finds the words could do it, too.`,
    'root-unknown': (name: string): string => `Somebody else may be speaking as ${name}`,
    rootUnknownText: (day: string): string =>
      `On ${day} keys appeared that nothing of theirs vouches for. Nothing is sent until you have made sure; what you wrote stays here.`,
    rootUnknownDo: (name: string): string => `Meet ${name}, or call them in another way, and compare the safety number.`,
    compare: 'Compare now',
    seen: 'All right',
  },

  meet: {
    title: 'Meet',
    ways: 'Ways to meet',
    show: 'Show my code',
    scan: 'Scan theirs',
    link: 'Send or paste a link instead',
    code: 'Your code, for another phone’s camera',
    making: 'Making a code…',
    steps: 'How it goes',
    step1: 'They scan you',
    step1How: 'Hold your phones face to face, a hand apart. The code works once.',
    step2: 'You find each other',
    step2How: 'One scan is enough. Keep both phones open for a moment, near the relay.',
    nowScan: 'Scan theirs instead',
    sendTitle: 'Send a link',
    sendHow: (day: string, time: string): string =>
      `Send it to one person you trust, in any way you like. It works once, until ${day}, ${time}.`,
    linkLabel: 'Link',
    copy: 'Copy the link',
    copied: 'Copied. Now paste it where they will see it.',
    notCopied: 'The link could not be copied. Mark it in the field above and copy it by hand.',
    share: 'Share the link',
    another: 'Make another link',
    open: (count: number): string =>
      count === 1
        ? 'One link or code made on this device is open. Whoever has it can meet you.'
        : `${count} links and codes made on this device are open. Whoever has one can meet you.`,
    revoke: 'Take back and make another',
    revoked: 'Taken back. What you showed or sent from this device before leads nowhere.',
    pasteTitle: 'Take up theirs',
    pasteHow: 'Paste what they sent you.',
    pasteLabel: 'Code or link',
    pasteGo: 'Meet',
    invitedTitle: 'Somebody has sent you a link',
    invitedHow: 'Meet the person who sent it? Do it only if you know who that is.',
    cameraPicture: 'Camera picture. No code seen yet.',
    looking: 'Looking for a code…',
    notOurs: 'That is a code, but not one of Kith. Still looking…',
    noCode: 'There is no code on that picture. Take it again, closer and straight on.',
    starting: 'Asking for the camera…',
    tryAgain: 'Try again',
    pasteInstead: 'Paste it as text',
    light: 'Light',
    picture: 'Picture',
    trouble: {
      absent: 'There is no camera here that Kith could use. Choose a picture of the code, or paste it as text.',
      'not-allowed':
        'Kith may not use the camera. Allow it where the browser shows this page’s address, or in the phone’s settings under Kith. A picture of the code does it, too.',
      'in-use': 'The camera is used by another app. Close it there, or choose a picture of the code.',
      failed: 'The camera does not start. Choose a picture of the code, or paste it as text.',
    },
    takingUp: 'Reading their code…',
    takenUpTitle: 'The string is on its way',
    takenUp: 'They appear in your messages as soon as your phones, or the relay, find each other. You need do nothing more.',
    metTitle: (name: string): string => `You and ${name} are tied together`,
    met: 'You can write to each other now.',
    metUnsure: (name: string): string => `If you see or hear ${name} now, six digits make sure that nobody stands between you.`,
    writeTo: (name: string): string => `Write to ${name}`,
    again: 'Meet someone else',
    refusal: {
      'not-an-invitation': 'That is not a code or link of Kith. Ask them to show or send it again; nothing was lost.',
      'newer-version': 'This code comes from a newer Kith. Load the page again to get the newer version, then scan once more.',
      expired: (when: string): string => `This code ran out ${when}. Ask them for a new one; nothing was lost.`,
      own: 'This is your own code. Let the other person scan it, or scan theirs.',
      'already-known': (name: string): string => `You have already met ${name}.`,
      'no-profile': 'First give yourself a name.',
      'not-awaited': 'This code answers one that no longer stands on this phone. Show your code again, and let them scan it once more.',
      'not-for-me': 'This code is for somebody they know already, and that is not you. Ask them for the code on their Meet page.',
      'needs-two-codes': 'One code is not enough this time. Ask them for the code on their Meet page; then they scan the answer on yours.',
      'links-devices': 'This code links devices of one person. To meet somebody, ask them for the code on their Meet page.',
    },
  },

  around: { title: 'Around' },
  /** The page itself: `settings/en.ts`. */
  settings: {
    title: 'Settings',
    pages: {
      lock: 'App lock',
      pressure: 'Passphrase under pressure',
      erase: 'Erase everything',
      devices: 'Your devices',
      link: 'Link a new device',
      backup: 'Backup',
      restore: 'Restore a backup',
    },
  },

  /** The screens: `carry/en.ts`. */
  carry: { title: 'Carry by hand' },
  learn: { title: 'What others can learn' },

  linkMissing: {
    screenTitle: 'This page could not be loaded',
    screen: 'Kith has changed, or its server is out of reach. Open it again; nothing was lost.',
    line: 'A part of Kith could not be loaded, so nothing goes out or comes in. Kith tries again; your messages wait here.',
    openAgain: 'Open again',
  },
  update: { ready: 'A new version is ready.', use: 'Use it now' },
  bell: { wrote: 'has written to you' },
  size: (bytes: number): string =>
    bytes < 1_000_000
      ? `${Math.max(1, Math.round(bytes / 1000))} kB`
      : bytes < 1_000_000_000
        ? `${Math.round(bytes / 1_000_000)} MB`
        : `${(bytes / 1_000_000_000).toFixed(1)} GB`,
};
