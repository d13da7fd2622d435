/**
 * Whether this browser lets a page choose the ICE credentials of its own side: asked once, by trying. Browsers mean to take that away; then
 * those who know each other need two codes like everybody else. Tries it on a connection that goes nowhere.
 */
import { MID, withCredentials } from './session-description.ts';

const CHOSEN = { fragment: 'kithprobe', password: 'kithprobekithprobekithprobe' } as const;

export async function canChooseCredentials(): Promise<boolean> {
  const connection = new RTCPeerConnection();
  try {
    connection.createDataChannel(MID);
    const offer = await connection.createOffer();
    await connection.setLocalDescription({ ...offer, sdp: withCredentials(offer.sdp ?? '', CHOSEN) });
    return connection.localDescription?.sdp.includes(`a=ice-ufrag:${CHOSEN.fragment}\r\n`) === true;
  } catch {
    return false;
  } finally {
    connection.close();
  }
}
