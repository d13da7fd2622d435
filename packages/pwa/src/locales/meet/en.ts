/** What the screens say on which two phones are tied together with nothing between, and people brought together, in English. Plain and short, as in `../en.ts`. */

export const meetEn = {
  /** Two codes: mine, and the answer to it. */
  byHand: {
    offer: 'No network between you?',
    offerGo: 'Make a code that ties the two phones together',
    askTitle: 'You scan each other',
    ask: 'Allow the camera, so that this phone may also say where it is. Then the two of you need no relay and no internet.',
    askWhere: 'Both phones in one Wi-Fi, or one in the other’s hotspot, is enough.',
    allow: 'Allow the camera',
    ordinary: 'An ordinary code instead',
    without: 'Make the code without it',
    refusedTitle: 'The camera is not allowed',
    refused:
      'Allow it where the browser shows this page’s address, or in the phone’s settings under Kith, and try again. Without it the phones find each other in some networks only.',
    asking: 'Asking for the camera…',
    making: 'Making a code…',
    code: 'Your code, for the camera of the phone beside you',
    steps: 'How it goes',
    step1: 'They scan this',
    step1How: 'On their phone: Meet, Scan theirs. Hold the phones a hand apart.',
    step2: 'Then you scan the code on their phone',
    step2How: 'It appears as soon as they have scanned yours.',
    scan: 'Scan their code',
    until: (time: string): string => `Good until ${time}, as long as it stands here.`,
    copy: 'Copy it as text',
    copied: 'Copied. Let them paste it under Meet, in the link’s place.',
    notCopied: 'The code could not be copied. Let them scan it, or send a link instead.',
    paste: 'Paste their code as text',
    lapsedTitle: 'This code has run out',
    lapsed: 'It stood here for ten minutes and nobody scanned it. Nothing is lost.',
    another: 'Make another code',
    plainTitle: 'This code needs somebody between',
    plainRest: 'It works all the same, once both of you reach a relay or somebody you both know.',
    answerTitle: 'Now let them scan this',
    answer: 'On the other phone: Scan their code. The two connect as soon as it was read.',
    answerCode: 'Your answer, for their camera',
    waiting: 'Waiting for them to scan it…',
    alreadyMet: (name: string): string => `You and ${name} know each other already. This ties the two phones together as well.`,
    connectingTitle: 'Connecting…',
    connecting: 'Keep Kith open on both phones for a moment.',
    connectedTitle: (name: string): string => `You and ${name} are connected, phone to phone`,
    connected: 'It works with the relay off and with no internet, as long as you are near each other.',
    connectedUnnamed: 'Connected, phone to phone',
    nameComes: 'Their name is on its way…',
    failedTitle: 'The phones are not connected',
    failedRest: 'Nothing is lost: you also meet as soon as the relay, or somebody you both know, is near.',
    failedKnown: 'Nothing is lost: what you write waits here, and goes on by others.',
    tryAgain: 'Try again',
    toMessages: 'To your messages',
  },

  /** Why two phones cannot be tied together. */
  failure: {
    'no-transport': 'This browser cannot tie two phones together. A newer one may, or another phone.',
    'no-address': 'This phone is in no network. Join the same Wi-Fi, or the hotspot of one of the two phones, then try again.',
    'address-hidden': 'The browser hides where this phone is until Kith may use the camera. Allow it, then try again.',
    'bad-code': 'That was not the answer to this code, or it was damaged on the way. Begin again with a new code.',
    'wrong-key': 'Somebody else answered in their place, so nothing was connected. Look whose phone you scanned, and begin again.',
    'no-certificate': 'What one code needs is used up on this phone. It takes two codes this time.',
    'timed-out':
      'They did not find each other in time. Put both phones into one Wi-Fi, or one into the other’s hotspot; a guest network may keep phones apart.',
  },

  /** One code, for somebody known. */
  beside: {
    title: (name: string): string => `Beside ${name}`,
    entry: 'Connect beside each other',
    entryNote: 'One code, and no network needed',
    entryTwo: 'Two codes, under Meet',
    ask: (name: string): string =>
      `${name} scans one code from this screen. Allow the camera first, so that this phone may also say where it is.`,
    code: (name: string): string => `A code for ${name}’s camera alone`,
    step1: (name: string): string => `${name} scans this`,
    step1How: 'On their phone: Meet, Scan theirs. It is of no use to anybody else.',
    step2: 'The phones connect',
    step2How: 'Whatever network there is, with nothing between you.',
    twoTitle: 'This time it takes two codes',
    two: (name: string): string =>
      `What one code needs was used up, or ${name}’s phone has not sent it yet. Under Meet you scan each other.`,
    toMeet: 'Meet by two codes',
    scanTheirs: 'Scan theirs instead',
  },

  introduce: {
    title: (name: string): string => `Introduce ${name}`,
    entry: 'Introduce to somebody',
    entryNote: 'They find each other without a code',
    how: (name: string): string =>
      `To whom? They are asked first, and see ${name}’s name. When both say yes, they find each other.`,
    nobody: 'You know nobody else yet whom they could meet.',
    people: 'To whom',
    asked: (name: string): string => `Asked ${name}. When both say yes, they find each other.`,
    askedNames: (name: string, to: string): string => `${name} and ${to}`,
    another: 'Introduce to somebody else',
    by: (name: string): string => `${name} introduced you.`,
    compare: 'Compare the safety number when you meet.',
    refusal: {
      'unknown-contact': 'One of the two is not on this phone any more.',
      'not-reached-yet': (name: string): string => `${name}’s phone has not answered yet. Try again once you have written to each other.`,
    },
  },
};
