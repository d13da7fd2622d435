// Tells "this name is not found" from "this house is not trusted": one picture needs only the name, the other needs trust as well.
// Words are in the page; this shows the ones that hold. It runs by itself whenever the person comes back from the settings.

const ANSWER_WITHIN_MS = 6000;
const box = document.getElementById('check');
const again = document.getElementById('again');
const go = document.getElementById('go');
const last = document.getElementById('open');
let round = 0;

/** Whether the picture at this address loads. */
function loads(address) {
  return new Promise((resolve) => {
    const picture = new Image();
    const giveUp = setTimeout(() => resolve(false), ANSWER_WITHIN_MS);
    const answer = (loaded) => {
      clearTimeout(giveUp);
      resolve(loaded);
    };
    picture.onload = () => answer(true);
    picture.onerror = () => answer(false);
    picture.src = `${address}?at=${Date.now()}`;
  });
}

function show(state) {
  for (const one of box.querySelectorAll('[data-when]')) one.hidden = one.dataset.when !== state;
  last.classList.toggle('done', state === 'trusted');
  // The way in stays open to whoever knows better, but is not what to press next.
  go.classList.toggle('first', state === 'trusted');
  again.hidden = state === 'looking' || state === 'trusted';
}

async function check() {
  const mine = ++round;
  show('looking');
  const [here, trusted] = await Promise.all([loads(box.dataset.here), loads(box.dataset.trusted)]);
  if (mine === round) show(trusted ? 'trusted' : here ? 'untrusted' : 'unfound');
}

again.addEventListener('click', check);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && !last.classList.contains('done')) void check();
});
void check();
