/** What a handshake is for: a byte of the transcript, so that one made for one purpose cannot serve another. Rule: docs/protocol/session.md §2. */
export type Purpose = 'invitation' | 'hello' | 'contact-key' | 'spare' | 'link';

export const PURPOSE_NUMBERS: Readonly<Record<Purpose, number>> = { invitation: 1, hello: 2, 'contact-key': 3, spare: 4, link: 5 };
