/** The words of the trust page for each kind of device. The devices' own words are quoted as they stand on their screens. Never uses ours for theirs. */
import { type Html, html } from './html.ts';
import {
  ANDROID_ANYWAY,
  ANDROID_SEARCH,
  COMPUTER_STORE,
  FIREFOX_LOGO,
  FIREFOX_SWITCH,
  IPHONE_ALLOW,
  IPHONE_PROFILE,
  IPHONE_TRUST,
} from './panels.ts';

export type Device = 'android' | 'iphone' | 'firefox' | 'computer';

export const DEVICES: readonly { readonly device: Device; readonly label: string }[] = [
  { device: 'android', label: 'Android' },
  { device: 'iphone', label: 'iPhone' },
  { device: 'firefox', label: 'Firefox' },
  { device: 'computer', label: 'Computer' },
];

export interface Guide {
  /** What the device is called in a sentence. */
  readonly noun: 'phone' | 'computer';
  readonly steps: readonly Html[];
  readonly different: Html;
  readonly after: string;
}

/** The device that is asking, as far as its browser says; what it asked for itself wins. */
export function deviceOf(chosen: string | null, userAgent: string): Device {
  const known = DEVICES.find(({ device }) => device === chosen);
  if (known !== undefined) return known.device;
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'iphone';
  if (/Android/.test(userAgent)) return /Firefox|Fennec/.test(userAgent) ? 'firefox' : 'android';
  return 'computer';
}

const SAVE_ICON = html`<svg class="icon" aria-hidden="true"><use href="#i-save"/></svg>`;

function step(title: string, ...body: readonly Html[]): Html {
  return html`<li><h2>${title}</h2>${body}</li>`;
}

function note(words: Html): Html {
  return html`<p class="note">${words}</p>`;
}

const SAVE = step(
  'Save the house key',
  note(html`Your phone puts it into Downloads.`),
  html`<p class="after"><a class="button first" href="/kith-house-key.crt" download="kith-house-key.crt">${SAVE_ICON}Save house key</a></p>`,
);

const ANDROID_STEPS: readonly Html[] = [
  SAVE,
  step(
    'Open Settings and search for “certificate”',
    note(html`Choose <b>CA certificate</b>. That is your phone’s word for a house key.`),
    ANDROID_SEARCH,
  ),
  step(
    'Choose “Install anyway”, then the file',
    note(
      html`Your phone warns you, and rightly so: only ever do this for a house you know. The file is called <b class="whole">kith-house-key</b>.`,
    ),
    ANDROID_ANYWAY,
  ),
];

const GUIDES: Readonly<Record<Device, Guide>> = {
  android: {
    noun: 'phone',
    steps: ANDROID_STEPS,
    different: html`<p class="note">Phones differ in their words. Search the settings for “install certificate” or “credentials”. Without a screen lock, your phone asks you to set one first.</p>`,
    after:
      'You may see “Network may be monitored” once. Your phone says this for every key a person adds. This one counts for this house’s address alone.',
  },
  iphone: {
    noun: 'phone',
    steps: [
      step(
        'Save the house key',
        note(html`Use <b>Safari</b> for this. It asks whether to load a profile: choose <b>Allow</b>.`),
        html`<p class="after"><a class="button first" href="/kith-house-key.mobileconfig">${SAVE_ICON}Save house key</a></p>`,
        IPHONE_ALLOW,
      ),
      step(
        'Open Settings and choose “Profile Downloaded”',
        note(
          html`Then <b>Install</b>, at the top. Your phone says “not signed”, because the key comes from this house and not from a company.`,
        ),
        IPHONE_PROFILE,
      ),
      step(
        'Turn the key on',
        note(
          html`Still in Settings: <b>General</b>, <b>About</b>, at the very bottom <b>Certificate Trust Settings</b>. Without this, the key lies there unused.`,
        ),
        IPHONE_TRUST,
      ),
    ],
    different: html`<p class="note">If “Profile Downloaded” is not there, look in General, then “VPN &amp; Device Management”. If another browser opened this page, open it again in Safari.</p>`,
    after: 'To keep Kith on your home screen, open it in Safari, tap Share, then “Add to Home Screen”.',
  },
  firefox: {
    noun: 'phone',
    steps: [
      ...ANDROID_STEPS,
      step(
        'In Firefox, open “About Firefox” and tap the logo five times',
        note(html`You find it at the bottom of Firefox’s own settings. Chrome does not need this step or the next.`),
        FIREFOX_LOGO,
      ),
      step(
        'Go back and open “Secret Settings”',
        note(html`Turn on <b>Use third party CA certificates</b>. Firefox does not look at the keys of your phone until you do.`),
        FIREFOX_SWITCH,
      ),
    ],
    different: html`<p class="note">These are the steps for Firefox on Android. On a computer, choose Computer above; on an iPhone, every browser follows the iPhone steps. If Firefox still refuses, use Chrome for Kith.</p>`,
    after:
      'You may see “Network may be monitored” once. Your phone says this for every key a person adds. This one counts for this house’s address alone.',
  },
  computer: {
    noun: 'computer',
    steps: [
      step(
        'Save the house key',
        note(
          html`Your computer puts it into Downloads. If the relay runs on this very computer, you need no key: open <a href="http://localhost:8080/">localhost</a>.`,
        ),
        html`<p class="after"><a class="button first" href="/kith-house-key.crt" download="kith-house-key.crt">${SAVE_ICON}Save house key</a></p>`,
      ),
      step(
        'Give it to your computer, or to Firefox',
        COMPUTER_STORE,
        html`<details><summary>Windows</summary><ol class="note"><li>Open the file and choose <b>Install Certificate</b>, then <b>Current User</b>.</li><li>Choose <b>Place all certificates in the following store</b>, <b>Browse</b>, and <b>Trusted Root Certification Authorities</b>.</li><li>Finish, and answer <b>Yes</b>.</li></ol></details>
<details><summary>Mac</summary><ol class="note"><li>Open the file; it goes into <b>Keychain Access</b>.</li><li>Double-click <b>Kith house key</b>, open <b>Trust</b>, and choose <b>Always Trust</b>.</li></ol></details>
<details><summary>Linux with Chrome or Chromium</summary><ol class="note"><li>Open <b>Settings</b>, <b>Privacy and security</b>, <b>Security</b>, <b>Manage certificates</b>.</li><li>Under <b>Authorities</b> or <b>Installed by you</b>, choose <b>Import</b>, then the file, and let it identify websites.</li></ol></details>
<details><summary>Firefox</summary><ol class="note"><li>Open <b>Settings</b>, <b>Privacy &amp; Security</b>, <b>View Certificates</b>, <b>Authorities</b>.</li><li>Choose <b>Import</b>, then the file, and tick <b>Trust this CA to identify websites</b>.</li></ol></details>`,
      ),
    ],
    different: html`<p class="note">A computer that is looked after by a school or an employer may not allow this. Use your phone, or run Kith’s relay on the computer itself.</p>`,
    after: 'Close the browser and open it again if it does not notice the key.',
  },
};

export function guideFor(device: Device): Guide {
  return GUIDES[device];
}
