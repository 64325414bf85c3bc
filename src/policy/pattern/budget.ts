/** A named limit was reached: the question stays undetermined, with this reason. */
export class BudgetExceeded extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'BudgetExceeded';
  }
}
