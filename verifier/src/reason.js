// What is wrong with a bundle: a code, which means the same as in dsr, and the sentence that goes with it.

/** Stops the check that found it; everything else goes on. */
export class Refusal extends Error {
  constructor(...reasons) {
    super(reasons.map((reason) => reason.code).join(' '));
    this.reasons = reasons;
  }
}

export const reason = (code, what) => ({ code, what });
