/** Keeps processes running and stops them in order; see README.md. @module */
export { Supervisor } from "./supervisor.ts";
export type { ProcessGroup, SupervisorOptions } from "./supervisor.ts";
export { AlreadyRunningError, RunLock } from "./run_lock.ts";
export { recordFile } from "./supervisor.ts";
export { type ProcessRecord, readRecord, type RecordedProcess, stopLeftovers } from "./process_record.ts";
export { isRunning } from "./process_table.ts";
export type { ProcessSpec, SupervisedProcess } from "./supervised_process.ts";
export { sleep } from "./sleep.ts";
export type { HealthCheck } from "./health_check.ts";
export { NotReadyError, type Readiness, untilReady } from "./readiness.ts";
export { whenLauncherGone } from "./launcher.ts";
export { runToEnd } from "./run_to_end.ts";
