/** How a newer version takes over from the one that runs: node first, bounded, and never ending with an app that stands still. */

/** A newer version that has not taken over by now will not: the page opens again with whatever there is. */
const TAKE_OVER_MS = 5000;

/** Stops the node, then lets the waiting version in; whatever comes of either, the page does not stay stopped. */
export async function takeOver(stop: () => Promise<void>, waiting: Pick<ServiceWorker, 'postMessage'>, reload: () => void): Promise<void> {
  try {
    await stop();
    waiting.postMessage('take-over');
  } finally {
    setTimeout(reload, TAKE_OVER_MS);
  }
}
