/**
 * Does work that must end when `stop` aborts or after some milliseconds: its signal then aborts, with the reason of `stop`
 * or a `TimeoutError`. `AbortSignal.any` with `AbortSignal.timeout` is not used: Node.js 20 forgets such a deadline when
 * it collects garbage before, and a peer that drips would hold the work for ever.
 */
export async function withDeadline<Result>(
  stop: AbortSignal,
  deadlineMs: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const abort = () => controller.abort(stop.reason);
  if (stop.aborted) abort();
  stop.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(
    () => controller.abort(new DOMException(`not done within ${String(deadlineMs)} ms`, 'TimeoutError')),
    deadlineMs,
  );
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', abort);
  }
}
