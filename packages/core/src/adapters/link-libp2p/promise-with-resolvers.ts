/**
 * `Promise.withResolvers` where the platform has none: Node 20, and browsers older than Chrome 119 and Safari 17.4. js-libp2p calls it.
 * Imported first by both entrances; goes when support for those ends.
 */

interface Resolvers {
  promise: Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (reason?: unknown) => void;
}

if (!('withResolvers' in Promise)) {
  Object.defineProperty(Promise, 'withResolvers', {
    configurable: true,
    writable: true,
    value: function withResolvers(this: PromiseConstructor): Resolvers {
      let resolve: Resolvers['resolve'] = () => {};
      let reject: Resolvers['reject'] = () => {};
      const promise = new Promise<unknown>((onResolve, onReject) => {
        resolve = onResolve;
        reject = onReject;
      });
      return { promise, resolve, reject };
    },
  });
}
