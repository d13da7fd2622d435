/** What people do and read on their screens when somebody introduces two others, in a person's words. Whom they know and how they met is the story's. */
import type { Locator } from 'playwright-core';
import { waitFor } from '../story.ts';
import type { House, Phone } from './household.ts';

/** From a tap on one phone until the other's screen has changed; three browsers share two processors where stories are told. */
const HEARD_WITHIN_MS = 20_000;

/** The app as it opens where there is nobody and nothing. */
export async function opensAlone(phone: Phone): Promise<void> {
  await phone.page.reload();
  await phone.page.getByText('Your end of the string').waitFor({ timeout: HEARD_WITHIN_MS });
}

/** On the page of one contact, another is chosen; both names and what comes next are said. */
export async function introduces(by: Phone, one: Phone, to: Phone): Promise<void> {
  await by.openConversation(one.name);
  await by.page.getByRole('link', { name: `About ${one.name}` }).click();
  await by.page.getByRole('link', { name: /^Introduce to somebody/ }).click();
  await by.page.getByRole('heading', { name: `Introduce ${one.name}` }).waitFor();
  await reads(by, `To whom? They are asked first, and see ${one.name}’s name. When both say yes, they find each other.`);
  const people = by.page.getByRole('list', { name: 'To whom' }).getByRole('button');
  const names = await people.allInnerTexts();
  if (names.some((name) => name.includes(one.name))) throw new Error(`${one.name} could be introduced to ${one.name}`);
  await people.filter({ hasText: to.name }).click();
  await by.page.getByRole('heading', { name: `${one.name} and ${to.name}` }).waitFor();
  await reads(by, `Asked ${to.name}. When both say yes, they find each other.`);
}

/** The screen becomes as wide as a tablet's that is turned, and narrow again; both times this can be read on it. */
export async function turnsThereAndBack({ page }: Phone, text: string): Promise<void> {
  const narrow = page.viewportSize();
  if (narrow === null) throw new Error('the screen has no size');
  const list = page.getByRole('region', { name: 'Messages' });
  await page.setViewportSize({ width: 1280, height: 800 });
  await list.waitFor();
  await page.getByText(text).waitFor();
  await page.setViewportSize(narrow);
  await list.waitFor({ state: 'detached' });
  await page.getByText(text).waitFor();
}

/** The question above the conversations; resolves with where it stands. */
export async function isAsked(house: House, phone: Phone, by: Phone, about: Phone): Promise<Locator> {
  await toMessages(house, phone);
  const question = phone.page.getByRole('note').filter({
    hasText: `${by.name} would like you to meet ${about.name}. Until you two have compared numbers, ${by.name} could stand in between.`,
  });
  await question.waitFor({ timeout: HEARD_WITHIN_MS });
  return question;
}

/** Says yes, reads what comes of it, and puts that away. */
export async function saysYes(house: House, phone: Phone, by: Phone, about: Phone): Promise<void> {
  await (await isAsked(house, phone, by, about)).getByRole('button', { name: 'Yes' }).click();
  const said = phone.page
    .getByRole('status')
    .filter({ hasText: `${about.name} appears here as soon as both of you have said yes and your phones find each other.` });
  await said.getByRole('button', { name: 'Close' }).click();
  await said.waitFor({ state: 'detached' });
}

export async function saysNotNow(house: House, phone: Phone, by: Phone, about: Phone): Promise<void> {
  const question = await isAsked(house, phone, by, about);
  await question.getByRole('button', { name: 'Not now' }).click();
  await question.waitFor({ state: 'detached' });
}

/** The first screen holds these people and nothing of an introduction. */
export async function knowsOnly(house: House, phone: Phone, others: readonly Phone[]): Promise<void> {
  await toMessages(house, phone);
  const rows = phone.page.getByRole('region', { name: 'Conversations' }).getByRole('link');
  const names = (await rows.locator('.name').allInnerTexts()).toSorted().join();
  if (names !== others.map(({ name }) => name).join()) throw new Error(`${phone.name} knows ${names}`);
  const rest = await phone.page.getByText(/would like you to meet|appears here as soon as/).count();
  if (rest > 0) throw new Error(`${phone.name} still reads of it`);
}

/** On the page about the other: who brought them together, and that nobody has made sure. */
export async function readsWho(phone: Phone, other: Phone, by: Phone): Promise<void> {
  await phone.openConversation(other.name);
  await phone.page.getByRole('link', { name: `About ${other.name}` }).click();
  await reads(phone, `${by.name} introduced you. Compare the safety number when you meet.`);
  await reads(phone, `Not made sure yet that this is ${other.name}`);
}

/** Each says something to the next, who answers nothing: whatever went the same way before has come by then. */
export async function passOn(phones: readonly Phone[], text: string): Promise<void> {
  for (const [at, from] of phones.entries()) {
    const to = phones[at + 1];
    if (to === undefined) return;
    await Promise.all([from.openConversation(to.name), to.openConversation(from.name)]);
    await from.write(`${text}, says ${from.name}`);
    await to.sees(`${text}, says ${from.name}`, HEARD_WITHIN_MS);
  }
}

async function toMessages(house: House, phone: Phone): Promise<void> {
  await phone.page.goto(`${house.origin}/#/messages`);
  await phone.page.getByRole('region', { name: 'Conversations' }).waitFor();
}

async function reads(phone: Phone, words: string): Promise<void> {
  const place = phone.page.getByText(words, { exact: true });
  await waitFor(async () => (await place.count()) > 0, { withinMs: HEARD_WITHIN_MS, what: `${phone.name} reads "${words}"` });
}
