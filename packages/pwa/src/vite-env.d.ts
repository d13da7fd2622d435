/// <reference types="vite/client" />
/** The version of this build, from package.json. */
declare const KITH_VERSION: string;
