/** Telling that somebody wrote while the app is not in front. Permission is asked by a button of the person's, never at the start. */
import { type Signal, signal } from '@preact/signals';
import type { Bell, BellPermission } from '../view-models/ports.ts';

function permissionNow(): BellPermission {
  if (!('Notification' in globalThis) || !isSecureContext) return 'absent';
  return Notification.permission === 'default' ? 'not-asked' : Notification.permission;
}

/** `open`: what a tap on a note about somebody does, where no service worker hears it. */
export function deviceBell(open: (about: string) => void): Bell {
  const permission: Signal<BellPermission> = signal(permissionNow());
  return {
    permission,
    async ask() {
      if ('Notification' in globalThis) await Notification.requestPermission();
      permission.value = permissionNow();
    },
    ring({ title, body, about }) {
      if (permissionNow() !== 'granted') return;
      // One note a person: a newer one takes the place of the older.
      const options = { body, tag: `kith-${about}`, icon: './icon-192.png', data: { about } };
      void show(title, options, () => open(about));
    },
  };
}

/** Takes away the notes that stand. */
export async function closeNotes(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  for (const note of (await registration?.getNotifications()) ?? []) note.close();
}

async function show(title: string, options: NotificationOptions, onTap: () => void): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration?.active !== undefined && registration.active !== null) {
    await registration.showNotification(title, options);
    return;
  }
  try {
    new Notification(title, options).onclick = () => {
      focus();
      onTap();
    };
  } catch {
    // Phones show notes only through a service worker; without one there is none.
  }
}
