/** `npm run sim -- --profile troubled --seed 7 --minutes 30 [--nodes 3] [--json]`: one world, one line of figures. */
import { parseArgs } from 'node:util';
import { PROFILES, type ProfileName } from './profiles.ts';
import { type Person, World } from './world.ts';

const { values } = parseArgs({
  options: {
    profile: { type: 'string', default: 'household' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '30' },
    nodes: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

if (!(values.profile in PROFILES)) {
  console.error(`There is no profile "${values.profile}". There are: ${Object.keys(PROFILES).join(', ')}.`);
  process.exit(2);
}
const nodes = values.nodes === undefined ? {} : { nodes: Number(values.nodes) };
const world = await World.create({ seed: Number(values.seed), profile: values.profile as ProfileName, ...nodes });
world.meetAll();
world.startComingAndGoing();
const delays: number[] = [];
const waiting = new Map<string, number>();
for (let minute = 0; minute < Number(values.minutes); minute++) {
  const from = world.people[minute % world.people.length] as Person;
  const to = world.people[(minute + 1) % world.people.length] as Person;
  const said = from.say(to, `said:${minute}`);
  if (said !== undefined) waiting.set(said.id, said.atMs);
  for (let second = 0; second < 60; second++) {
    world.run(1000);
    for (const person of world.people) {
      for (const id of person.shown.splice(0)) {
        const atMs = waiting.get(id);
        if (atMs !== undefined) delays.push(world.nowMs - atMs);
        waiting.delete(id);
      }
    }
  }
}
world.heal();
world.run(600_000);
delays.sort((a, b) => a - b);
const share = (at: number) => delays[Math.min(delays.length - 1, Math.floor(delays.length * at))] ?? 0;
const arrived = world.said.filter((said) => {
  const person = (name: string) => world.people.find((one) => one.name === name) as Person;
  return person(said.to)
    .storedWith(person(said.from))
    .some((message) => message.id === said.id);
}).length;
const result = {
  profile: values.profile,
  seed: Number(values.seed),
  said: world.said.length,
  delivered: arrived / Math.max(1, world.said.length),
  delayP50Ms: share(0.5),
  delayP95Ms: share(0.95),
  framesPerMessage: world.frames / Math.max(1, world.said.length),
  bytesOnAir: world.frameBytes,
  events: world.events,
  traceHash: world.traceHash,
};
if (values.json) console.log(JSON.stringify(result));
else console.table(result);
process.exit(arrived === world.said.length ? 0 : 1);
