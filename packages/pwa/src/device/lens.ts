/**
 * Codes through the camera and on pictures. The browser's own detector where there is one, else the `qr` decoder, loaded only then.
 * The camera is let go as soon as the session stops.
 */
import type { CameraPermission, CameraSession, CameraTrouble, Surface } from '../view-models/ports.ts';

/** Between two looks: a hand is steady for longer, and an old phone stays cool. */
const LOOK_EVERY_MS = 150;
/** Codes that change seven times a second: what is left of each look is for the screen to draw in. */
const LOOK_EVERY_MOVING_MS = 20;
/** The longer side of what is searched; larger pictures are shrunk first. */
const SIDE_MAX = 1280;

interface Detector {
  detect(source: ImageBitmapSource): Promise<readonly { readonly rawValue: string }[]>;
}

interface DetectorMaker {
  new (options: { readonly formats: readonly string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

type Look = (source: HTMLVideoElement | ImageBitmap) => Promise<string | undefined>;

let look: Promise<Look> | undefined;

async function makeLook(): Promise<Look> {
  const maker = (globalThis as { readonly BarcodeDetector?: DetectorMaker }).BarcodeDetector;
  if (maker !== undefined && (await maker.getSupportedFormats().catch((): readonly string[] => [])).includes('qr_code')) {
    const detector = new maker({ formats: ['qr_code'] });
    return async (source) => (await detector.detect(source).catch((): readonly { readonly rawValue: string }[] => []))[0]?.rawValue;
  }
  const { decodeQR } = await import('qr/decode.js');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return (source) => {
    const [wide, high] = source instanceof HTMLVideoElement ? [source.videoWidth, source.videoHeight] : [source.width, source.height];
    if (context === null || wide === 0 || high === 0) return Promise.resolve(undefined);
    const scale = Math.min(1, SIDE_MAX / Math.max(wide, high));
    canvas.width = Math.round(wide * scale);
    canvas.height = Math.round(high * scale);
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    try {
      return Promise.resolve(decodeQR(context.getImageData(0, 0, canvas.width, canvas.height)));
    } catch {
      // No code in this picture is what most pictures show.
      return Promise.resolve(undefined);
    }
  };
}

function looker(): Promise<Look> {
  look ??= makeLook();
  return look;
}

function troubleOf(error: unknown): CameraTrouble {
  switch (error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'not-allowed';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'absent';
    case 'NotReadableError':
    case 'AbortError':
      return 'in-use';
    default:
      return 'failed';
  }
}

/** Not yet in the DOM types: whether there is a light, and switching it. */
interface TorchTrack {
  readonly getCapabilities?: () => { readonly torch?: boolean };
}

/** A page that the browser does not trust has none of these. */
const devices = (): MediaDevices | undefined => (navigator as { readonly mediaDevices?: MediaDevices }).mediaDevices;

async function openStream(): Promise<MediaStream | CameraTrouble> {
  const media = devices();
  if (media === undefined) return 'absent';
  try {
    return await media.getUserMedia({
      audio: false,
      video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 1280 } },
    });
  } catch (error) {
    return troubleOf(error);
  }
}

export async function permission(): Promise<CameraPermission> {
  if (devices() === undefined) return 'absent';
  // Not every browser knows this name, and some throw at it.
  const status = await navigator.permissions?.query({ name: 'camera' as PermissionName }).catch(() => undefined);
  return status?.state === 'granted' || status?.state === 'denied' ? status.state : 'not-asked';
}

export async function open(): Promise<(() => void) | CameraTrouble> {
  const stream = await openStream();
  if (typeof stream === 'string') return stream;
  return () => {
    for (const track of stream.getTracks()) track.stop();
  };
}

export async function watch(
  surface: Surface,
  onText: (text: string) => void,
  codes: 'still' | 'moving' = 'still',
): Promise<CameraSession | CameraTrouble> {
  if (!(surface instanceof HTMLVideoElement)) return 'failed';
  const stream = await openStream();
  if (typeof stream === 'string') return stream;
  const track = stream.getVideoTracks()[0];
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    isStopped = true;
    clearTimeout(timer);
    for (const each of stream.getTracks()) each.stop();
    surface.srcObject = null;
  };
  surface.srcObject = stream;
  await surface.play().catch(() => {});
  const see = await looker();
  const again = async (): Promise<void> => {
    if (isStopped) return;
    const text = surface.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? await see(surface) : undefined;
    if (isStopped) return;
    if (text !== undefined) onText(text);
    timer = setTimeout(() => void again(), codes === 'moving' ? LOOK_EVERY_MOVING_MS : LOOK_EVERY_MS);
  };
  void again();
  return {
    hasTorch: (track as TorchTrack | undefined)?.getCapabilities?.().torch === true,
    setTorch: (isOn) => void track?.applyConstraints({ advanced: [{ torch: isOn } as MediaTrackConstraintSet] }).catch(() => {}),
    stop,
  };
}

export async function readPicture(picture: Surface): Promise<string | undefined> {
  if (!(picture instanceof Blob)) return undefined;
  const bitmap = await createImageBitmap(picture).catch(() => undefined);
  if (bitmap === undefined) return undefined;
  try {
    return await (await looker())(bitmap);
  } finally {
    bitmap.close();
  }
}
