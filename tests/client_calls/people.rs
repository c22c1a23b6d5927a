//! People and tokens are kept the same through a service.

use netgain_tests::examples::{STROUD, stroud};
use netgain_tests::program::{Program, run};

use super::harness::Served;

#[test]
fn an_administrator_keeps_people_and_tokens_through_the_service() {
    let served = Served::over(Program::with(&[stroud()]));
    let ada = |call: &str, input: &[u8]| {
        let said = served.through_with("ada", call, input);
        assert_eq!(said.status, 0, "{call}: {said:#?}");
        said
    };
    let password = b"a correct horse battery staple\n";
    let _ = ada("user add f.webb --name Webb --password-stdin", password);
    let _ = ada(
        &format!("user grant f.webb --role recorder --of {STROUD}"),
        b"",
    );
    let issued = ada(
        &format!("token issue reports --person f.webb --of {STROUD} --role recorder"),
        b"",
    );
    for call in [
        "user list",
        "user list --json",
        "token list",
        "token list --json",
    ] {
        served.same("ada", call);
    }
    // The token is good at once, and no longer once it is revoked.
    let totals = format!("trail --org {STROUD}");
    let token = served.service.program().file("token", &issued.stdout);
    let with_token = || {
        let call = format!("{totals} --token-file {token}");
        run(served.client(&served.url(), &call), b"")
    };
    assert_eq!(with_token(), served.in_files(&totals));
    let _ = ada("token revoke reports --reason done", b"");
    with_token().fails(1, &["not-signed-in: "]);
    let _ = ada("user erase f.webb", b"");
    let _ = ada("user bar f.webb --reason gone", b"");
    served.same("ada", "user list --json");
    served
        .through("eve", "user list")
        .fails(1, &["not-allowed: "]);
    served
        .through("ada", "user bar eve --reason x --actor bob")
        .fails(2, &["--actor"]);
}
