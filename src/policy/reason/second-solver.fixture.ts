import { init, killThreads, Z3_lbool, type Z3_context } from 'z3-solver';

type Z3 = Awaited<ReturnType<typeof init>>;

/** Answers of z3, in the words of this room. */
export type SecondAnswer = 'yes' | 'no' | 'unknown';

/** z3, as its authors compile it for Node: asked for second opinions, never used by the product. */
export class SecondSolver {
  private readonly z3: Z3;
  private readonly context: Z3_context;

  private constructor(z3: Z3) {
    this.z3 = z3;
    this.context = z3.Z3.mk_context_rc(z3.Z3.mk_config());
  }

  /** Loads z3 and lets it warm up. */
  static async start(): Promise<SecondSolver> {
    const solver = new SecondSolver(await init());
    await solver.ask('(declare-const x String)(assert (str.in_re x (re.++ (str.to_re "a") re.all)))', 10_000);
    return solver;
  }

  /**
   * Whether a script's assertions can hold. The script is parsed before z3's thread starts: `eval_smtlib2_string` leaves
   * it on a stack that is gone by then, and reads half of it.
   */
  async ask(script: string, timeoutMs: number): Promise<SecondAnswer> {
    const { Z3 } = this.z3;
    const { context } = this;
    const params = Z3.mk_params(context);
    Z3.params_inc_ref(context, params);
    Z3.params_set_uint(context, params, Z3.mk_string_symbol(context, 'timeout'), timeoutMs);
    const solver = Z3.mk_solver(context);
    Z3.solver_inc_ref(context, solver);
    try {
      Z3.solver_set_params(context, solver, params);
      Z3.solver_from_string(context, solver, script);
      const answer = await Z3.solver_check(context, solver);
      return answer === Z3_lbool.Z3_L_TRUE ? 'yes' : answer === Z3_lbool.Z3_L_FALSE ? 'no' : 'unknown';
    } finally {
      Z3.solver_dec_ref(context, solver);
      Z3.params_dec_ref(context, params);
    }
  }

  /** Ends z3's threads, which would keep the process alive. */
  async stop(): Promise<void> {
    await killThreads(this.z3.em);
  }
}
