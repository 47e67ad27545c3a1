/** The command ended well. */
export const WELL = 0;
/** It did not, or not all of what was asked for could be done. */
export const FAILED = 1;
/** A dry run found something. */
export const DIFFERS = 2;
/** It was interrupted; as shells have it. */
export const INTERRUPTED = 130;
