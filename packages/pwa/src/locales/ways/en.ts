/** What the picture of what is around, the way of one message and the page about others say, in English. Plain and short, as in `../en.ts`. */

const list = new Intl.ListFormat('en-GB', { type: 'conjunction' });
const counted = (n: number, one: string, many: string): string => (n === 1 ? `1 ${one}` : `${n} ${many}`);

export const waysEn = {
  around: {
    onTheLine: (n: number): string =>
      n === 0 ? 'Nobody is on the line.' : n === 1 ? '1 person is on the line.' : `${n} people are on the line.`,
    carryFor: (names: readonly string[]): string => `Others carry for ${list.format(names)}.`,
    alone: 'You are the only one here yet. Messages you write wait safely.',
    relayNear: 'The relay is near.',
    relayOff: 'The relay is out of reach.',
    strangers: (n: number): string => (n === 1 ? 'One phone you have not met is near.' : `${n} phones you have not met are near.`),
    how: 'How you reach them',
    direct: 'Directly',
    directRest: (names: readonly string[]): string => `${list.format(names)}. Works with the relay off, too.`,
    relay: 'Through the relay',
    circuit: 'Passed on by a relay',
    circuitRest: (names: readonly string[]): string => `${list.format(names)}. Connected now; the relay keeps nothing.`,
    connecting: (name: string | undefined): string =>
      `${name === undefined ? 'Two phones' : `Your phone and ${name}’s`} are being tied together…`,
    carried: 'Carried',
    notNow: 'Not now',
    names: (names: readonly string[]): string => list.format(names),
    you: 'You',
    says: (direct: readonly string[], relay: readonly string[], away: readonly string[]): string =>
      [
        direct.length > 0 ? `You reach ${list.format(direct)} directly.` : '',
        relay.length > 0 ? `You reach ${list.format(relay)} through the relay.` : '',
        away.length > 0 ? `${list.format(away)} ${away.length === 1 ? 'is' : 'are'} out of reach.` : '',
      ]
        .filter((sentence) => sentence !== '')
        .join(' '),
    closed: 'While Kith is closed, messages wait. They go on as soon as you open it.',
    unknownSelf: 'Me',
  },

  where: {
    title: 'Where is it?',
    onItsWay: (name: string): string => `On its way to ${name}.`,
    /** `near`: how many of them are connected now. */
    carriers: (n: number, near: number): string =>
      `${n === 1 ? 'One device is known to carry' : `${n} devices are known to carry`} a sealed copy${near === 0 ? '; none is near now.' : near < n ? `; ${near} of them ${near === 1 ? 'is' : 'are'} near now.` : '.'}`,
    waiting: 'Waiting on this phone.',
    waitingRest: 'It goes out as soon as somebody is near.',
    delivered: (name: string): string => `${name} has it.`,
    read: (name: string): string => `${name} has read it.`,
    devices: (reached: number, all: number): string => `It is on ${reached} of their ${all} devices; the others get it, too.`,
    allDevices: (all: number): string => `It is on all ${all} of their devices.`,
    expired: 'Not delivered in time.',
    expiredRest: 'The carriers have dropped it; your copy is here.',
    thisPhone: 'This phone',
    written: (when: string): string => `Written ${when}.`,
    kept: 'Kept until it has arrived.',
    notKept: 'It is no longer handed out from here.',
    relays: (n: number): string => (n === 1 ? 'A relay' : `${n} relays`),
    contacts: (n: number): string => (n === 1 ? 'A device you know' : `${n} devices you know`),
    strangers: (n: number): string => (n === 1 ? 'A phone you have not met' : `${n} phones you have not met`),
    devicesNear: (n: number): string => counted(n, 'device', 'devices'),
    tookCopy: (n: number): string => (n === 1 ? 'Took a sealed copy' : 'Took sealed copies'),
    unseen: 'From there, copies go from hand to hand. Nobody writes down the way.',
    notYet: 'Not yet.',
    notYetHeard: (when: string): string => `Not yet. Last heard ${when}.`,
    arrived: (when: string): string => `Arrived ${when}`,
    opened: (when: string): string => `Read ${when}`,
    left: (days: number): string => (days === 0 ? 'Less than a day left.' : days === 1 ? '1 day left.' : `${days} days left.`),
    keepUntil: (day: string): string => `Carriers keep it until ${day}.`,
    meter: 'Time left',
    meterText: (left: number, all: number): string => `${left} of ${all} days left`,
    sendAgain: 'Send again',
    byHand: 'Hand it over yourself',
    learn: 'What can carriers learn?',
  },

  learn: {
    intro: 'Plainly said, as it is today.',
    sections: [
      {
        who: 'Whoever carries a message',
        what: 'Sees a sealed packet: roughly how large it is, when it was made to the hour, and when it may be dropped. Not who wrote it, not to whom, and not a word of it. The same holds for a file carried by hand.',
      },
      {
        who: 'The relay of the house',
        what: 'Sees which devices are connected to it and when, their addresses on the network, and how much passes. It cannot read messages and does not know names. If you let it send you only what is yours, it also sees which sealed packets are for you.',
      },
      {
        who: 'Others on the same Wi-Fi',
        what: 'Can see that Kith is used, and which devices talk to each other. Not what they say.',
      },
      {
        who: 'The people you write to',
        what: 'Get your messages, your name, and when you received and read theirs. What they do with them is up to them.',
      },
      {
        who: 'Somebody who holds this phone, unlocked',
        what: 'Can read everything, unless you set an app lock. What Kith keeps is sealed either way, but without a lock it opens by itself.',
      },
      {
        who: 'Somebody who sees your code or link first',
        what: 'Could take your friend’s place. Show it face to face, or send it over a way you trust; it works once, until tomorrow.',
      },
      {
        who: 'We who make Kith',
        what: 'Nothing. There is no server of ours: Kith talks to your people’s devices and to the relay you chose.',
      },
    ] as readonly { readonly who: string; readonly what: string }[],
  },
};
