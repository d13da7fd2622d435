/** The drawings of the steps: what a person will see on their own device, with the one thing to touch marked. Words of the device are quoted, so not translated. */
import type { Html } from './html.ts';
import { html } from './html.ts';

const PHONE: Html = html`<path class="frame" d="M70 150V34a14 14 0 0 1 14-14h152a14 14 0 0 1 14 14v116"/>`;
const WINDOW: Html = html`<path class="frame" d="M34 150V30a8 8 0 0 1 8-8h236a8 8 0 0 1 8 8v120M34 42h252"/><circle class="grey" cx="46" cy="32" r="3"/><circle class="grey" cx="57" cy="32" r="3"/><circle class="grey" cx="68" cy="32" r="3"/>`;
const WARNING: Html = html`<path class="sign" d="M160 36l13 23h-26zM160 45v6.5M160 55.5v.01"/>`;

function panel(label: string, frame: Html, inside: Html): Html {
  return html`<svg class="panel" viewBox="0 0 320 150" role="img" aria-label="${label}">${frame}${inside}</svg>`;
}

/** A row of a settings list that is to be touched. */
function row(y: number, words: string): Html {
  return html`<rect class="marked" x="80" y="${y}" width="160" height="26" rx="6"/><text class="${words.length > 15 ? 'bold little' : 'bold'}" x="92" y="${y + 17.5}">${words}</text><circle class="knob" cx="228" cy="${y + 13}" r="4.5"/>`;
}

function grey(y: number, width: number, x = 92): Html {
  return html`<rect class="grey" x="${x}" y="${y}" width="${width}" height="9" rx="4.5"/>`;
}

/** A switch that is on, at the end of a marked row. */
function switchRow(y: number, words: string): Html {
  return html`<rect class="marked" x="80" y="${y}" width="160" height="28" rx="6"/><text class="bold little" x="90" y="${y + 18}">${words}</text><rect class="on" x="206" y="${y + 6}" width="28" height="16" rx="8"/><circle class="dot" cx="226" cy="${y + 14}" r="5.5"/>`;
}

export const ANDROID_SEARCH: Html = panel(
  'Drawing: the phone’s settings, with “certificate” in the search field and the entry “CA certificate” marked',
  PHONE,
  html`<rect class="field" x="86" y="38" width="148" height="24" rx="12"/><circle class="sign" cx="100" cy="50" r="5"/><path class="sign" d="M104 54l4 4"/><text x="114" y="54.5">certificate</text>${grey(78, 90)}${row(94, 'CA certificate')}${grey(128, 104)}`,
);

export const ANDROID_ANYWAY: Html = panel(
  'Drawing: the phone’s warning, with the button “Install anyway” marked',
  PHONE,
  html`${WARNING}${grey(74, 136)}${grey(88, 110)}<rect class="marked" x="143" y="108" width="100" height="28" rx="14"/><text class="bold tiny middle" x="193" y="126">Install anyway</text><text class="pale tiny middle" x="107" y="126">Don’t install</text>`,
);

export const IPHONE_ALLOW: Html = panel(
  'Drawing: a question in Safari, with “Allow” marked',
  PHONE,
  html`<rect class="field" x="86" y="44" width="148" height="94" rx="12"/>${grey(60, 120, 100)}${grey(75, 96, 112)}<path class="frame" d="M86 98h148"/><text class="middle pale" x="122" y="123">Ignore</text><rect class="marked" x="162" y="105" width="66" height="27" rx="8"/><text class="bold middle" x="195" y="123">Allow</text>`,
);

export const IPHONE_PROFILE: Html = panel(
  'Drawing: the top of the settings, with “Profile Downloaded” marked',
  PHONE,
  html`<text class="bold" x="86" y="48">Settings</text>${grey(62, 110, 86)}${row(82, 'Profile Downloaded')}${grey(122, 80)}${grey(138, 104)}`,
);

export const IPHONE_TRUST: Html = panel(
  'Drawing: the certificate trust settings, with the switch of the house key turned on',
  PHONE,
  html`<text class="bold little" x="84" y="44">Certificate Trust Settings</text>${grey(58, 120, 84)}${grey(72, 90, 84)}${switchRow(94, 'Kith house key')}`,
);

export const FIREFOX_LOGO: Html = panel(
  'Drawing: the page “About Firefox”, with the logo marked',
  PHONE,
  html`<text class="bold" x="86" y="44">About Firefox</text><circle class="marked" cx="160" cy="84" r="24"/><text class="bold middle" x="160" y="88.5">5 ×</text>${grey(120, 100, 110)}${grey(135, 70, 125)}`,
);

export const FIREFOX_SWITCH: Html = panel(
  'Drawing: the secret settings of Firefox, with “Use third party CA certificates” turned on',
  PHONE,
  html`<text class="bold" x="86" y="44">Secret Settings</text>${grey(60, 96, 86)}<rect class="marked" x="80" y="80" width="160" height="40" rx="6"/><text class="bold little" x="90" y="97">Use third party</text><text class="bold little" x="90" y="111">CA certificates</text><rect class="on" x="204" y="92" width="28" height="16" rx="8"/><circle class="dot" cx="224" cy="100" r="5.5"/>`,
);

export const COMPUTER_STORE: Html = panel(
  'Drawing: a window of the computer, with the place for trusted root authorities marked',
  WINDOW,
  html`${grey(58, 150, 52)}${grey(74, 110, 52)}<rect class="marked" x="48" y="92" width="224" height="26" rx="6"/><text class="bold little" x="58" y="109">Trusted root authorities</text><circle class="knob" cx="258" cy="105" r="4.5"/>${grey(130, 130, 52)}`,
);
