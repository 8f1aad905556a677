use super::stripped;

/// What is left, with each run of blanks as one.
fn left(text: &str) -> String {
    let plain = stripped(text).unwrap();
    assert_eq!(plain.lines().count(), text.lines().count(), "{plain}");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_only_says_types_goes_and_all_else_stays() {
    for (text, want) in [
        ("let a: string = 'x', b!: number;", "let a = 'x', b ;"),
        (
            "function f<T>(this: Foo, a?: T, ...rest: T[]): asserts a is T { return a!; }",
            "function f ( a , ...rest ) { return a ; }",
        ),
        ("const f = async <T,>(a: T): Promise<T> => a as unknown as T;", "const f = async (a ) => a ;"),
        (
            "const o = { a(x: number): void {}, b: <any>c } satisfies Record<string, any>;",
            "const o = { a(x ) {}, b: c } ;",
        ),
        ("f<string>(x as any); new Map<string, number>(); g`x`;", "f (x ); new Map (); g`x`;"),
        (
            "interface A { b: string }\ntype C = A | null;\ndeclare const D: string;\ndeclare global { interface X {} }\nlet e = 1;",
            "; ; ; ; let e = 1;",
        ),
        (
            "try { a(); } catch (e: unknown) { b((e as Error).message!); }",
            "try { a(); } catch (e ) { b((e ).message ); }",
        ),
        (
            "for (const [k, v] of Object.entries(x) as [string, number][]) f(k, v);",
            "for (const [k, v] of Object.entries(x) ) f(k, v);",
        ),
        (
            "export default { async fetch(r: Request, env: Env): Promise<Response> { return x; } } satisfies ExportedHandler<Env>;",
            "export default { async fetch(r , env ) { return x; } } ;",
        ),
        (
            "export abstract class A<T> extends B<T> implements C, D<T> { private readonly x: number = 1; static y?: string; abstract z(): void; get(): T; get(): T { return this.x!; } [k: string]: any; declare w: 1; override async m() {} }",
            "export class A extends B { x = 1; static y ; ; ; get() { return this.x ; } ; ; async m() {} }",
        ),
        (
            "export function f(a: string): string;\nexport function f(a: any) { return a; }",
            "; export function f(a ) { return a; }",
        ),
        ("class A extends DurableObject<Env> { sql: SqlStorage; }", "class A extends DurableObject { sql ; }"),
        ("(x as any).y = 1; (<any>x).z = 2; x!.w = 3;", "(x ).y = 1; ( x).z = 2; x .w = 3;"),
        ("const q = a < b && c > d; const r = a<b>(c);", "const q = a < b && c > d; const r = a (c);"),
    ] {
        assert_eq!(left(text), want, "{text}");
    }
}

#[test]
fn nothing_becomes_a_part_of_the_line_before() {
    assert_eq!(left("const a = b as string\n(c)()\n"), "const a = b; (c)()");
    // As TypeScript has it itself: no line ends in front of `[`.
    assert_eq!(left("let a = b!\n[c].map(d)\n"), "let a = b [c].map(d)");
    assert_eq!(left("a()\ntype X = string\n(b)()\n"), "a() ; (b)()");
    assert_eq!(left("class A { x: string\n['y']() {} }\n"), "class A { x; ['y']() {} }");
    // No line ends in front of an arrow.
    assert_eq!(left("const f = (a: string): Promise<{\n  b: string;\n}> => g(a);\n"), "const f = (a ) => g(a);");
    let plain = stripped("const f = (a): {\n  b: string\n} => g(a);\n").unwrap();
    assert!(plain.lines().any(|line| line.contains(") =>")), "{plain}");
}

#[test]
fn imports_and_exports_of_types_go_and_those_of_values_stay() {
    for (text, want) in [
        ("import { A, b } from './x'; b(x as A);", "import { b } from './x'; b(x );"),
        ("import type { A } from './x'; import { B } from './y'; let a: A, b: B;", "; ; let a , b ;"),
        ("import d, { type A, b as c } from './x'; d(c);", "import d, { b as c } from './x'; d(c);"),
        ("import './x'; import * as n from './y'; n.f();", "import './x'; import * as n from './y'; n.f();"),
        (
            "export type { A } from './x'; export { type B, c } from './y'; export * from './z';",
            "; export { c } from './y'; export * from './z';",
        ),
        ("interface A {} const b = 1; export { A, b };", "; const b = 1; export { b };"),
        (
            "import { Env } from './env'; export default { fetch(r: Request, e: Env) {} };",
            "; export default { fetch(r , e ) {} };",
        ),
        ("export interface A {}\nexport const a: A = {};\nexport type { A as B };", "; export const a = {}; ;"),
    ] {
        assert_eq!(left(text), want, "{text}");
    }
}

#[test]
fn what_a_build_writes_for_enumerations_and_properties_of_parameters_is_written() {
    assert_eq!(
        left("export enum L { Low, High = 4, Next, Name = \"n\", Both = Low | 1 << 3 }\nlet l: L = L.Low;"),
        "export var L = ((L) => { L[L[\"Low\"] = 0] = \"Low\"; L[L[\"High\"] = 4] = \"High\"; L[L[\"Next\"] = 5] = \"Next\"; L[\"Name\"] = \"n\"; L[L[\"Both\"] = 8] = \"Both\"; return L; })(L || {}); let l = L.Low;"
    );
    assert_eq!(
        left("class A { constructor(private readonly a: string, b: number, public c = 1) { b; } }"),
        "class A { constructor( a , b , c = 1) { this.a = a; this.c = c; b; } }"
    );
    assert_eq!(
        left("class A extends B { constructor(protected a: string) { super(a); go(); } }"),
        "class A extends B { constructor( a ) { super(a);; this.a = a; go(); } }"
    );
}

#[test]
fn what_has_to_be_built_says_its_line() {
    for (text, line, word) in [
        ("let a = 1;\nnamespace N { export const x = 1; }", 2, "namespace"),
        ("import fs = require('fs');\nfs;", 1, "import ="),
        ("class A { @logged m() {} }", 1, "decorator"),
        ("enum E { A = 'x'.length }", 1, "enum"),
        ("class A extends B { x: string; }", 1, "field without a value"),
        ("class A extends WorkerEntrypoint { env: Env; }", 1, "field without a value"),
        ("class A { b = this.a + 1; constructor(private a: number) {} }", 1, "read by a field"),
        ("let a: = 1;", 1, ""),
    ] {
        let (at, what) = stripped(text).unwrap_err();
        assert!(at == line && what.contains(word), "{text}: {at}: {what}");
    }
}
