/**
 * Yamux that tells the other side of room in its window when half of it is used, as other implementations do, and not after every piece:
 * @libp2p/yamux 8.0.3 answers each data frame with a window update, which is a Noise message, a TLS record and a system call of its own.
 * Nothing else is changed; the window's growth and a stream's opening and pausing stay the library's.
 */
import type { StreamMuxerFactory } from '@libp2p/interface';
import { yamux } from '@libp2p/yamux';

/** What is used of a stream of the library. Held to its shape by sparing-yamux.test.ts. */
interface WindowedStream {
  readonly state: number;
  readonly recvWindow: number;
  readonly recvWindowCapacity: number;
  sendWindowUpdate(): void;
}

interface StreamMaker {
  _newStream(...args: readonly unknown[]): WindowedStream;
}

/** The library's state of a stream that both sides know of (`StreamState.Established`); in every other one an update says more than a number. */
const ESTABLISHED = 3;

export function sparingYamux(): () => StreamMuxerFactory {
  return () => {
    const factory = yamux()();
    return {
      protocol: factory.protocol,
      createStreamMuxer(connection) {
        const muxer = factory.createStreamMuxer(connection);
        const maker = muxer as unknown as StreamMaker;
        const make = maker._newStream.bind(muxer);
        maker._newStream = (...args) => sparing(make(...args));
        return muxer;
      },
    };
  };
}

function sparing(stream: WindowedStream): WindowedStream {
  const update = stream.sendWindowUpdate.bind(stream);
  stream.sendWindowUpdate = () => {
    if (stream.state !== ESTABLISHED || stream.recvWindowCapacity * 2 <= stream.recvWindow) update();
  };
  return stream;
}
