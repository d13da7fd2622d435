/** Names two things of one shape apart: a `Tag` is never an `EnvelopeId`, though both are bytes. One cast per brand, in its maker. */

declare const brand: unique symbol;

export type Brand<Shape, Name extends string> = Shape & { readonly [brand]: Name };
