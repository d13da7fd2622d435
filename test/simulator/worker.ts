/** One process of a pool: hears a run, answers with its figures, and ends when nobody asks any more. */
import { type Run, simulate } from './run.ts';

process.on('message', (run) => {
  simulate(run as Run).then(
    (figures) => process.send?.(figures),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});
