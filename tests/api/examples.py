"""Whether the commands that the description shows can be recorded."""

from service import Service

# Whose work each command is; of several, somebody else than who did what it is about.
BY = {
    "register-organisation": "administrator",
    "set-baseline": "signatory",
    "set-target": "signatory",
    "register-claim": "recorder",
    "amend-claim": "recorder",
    "validate-claim": "validator",
    "revoke-validation": "validator",
    "withdraw-claim": "recorder",
    "record-offset": "recorder",
    "cancel-offset": "recorder",
    "check-sustainment": "validator",
    "raise-challenge": "auditor",
    "answer-challenge": "recorder",
    "close-challenge": "board",
    "record-redeployment": "recorder",
    "cancel-redeployment": "recorder",
    "declare-carry-forward": "recorder",
    "validate-carry-forward": "signatory",
    "check-carry-forward": "validator",
    "issue-statement": "signatory",
    "enrol-person": "administrator",
    "grant-role": "administrator",
    "issue-token": "administrator",
    "revoke-token": "administrator",
    "revoke-role": "administrator",
    "bar-person": "administrator",
}

# After these there is nothing more to say about their claim, role or person.
LAST = ["withdraw-claim", "revoke-token", "revoke-role", "bar-person"]

EXAMPLE_ORG = "X00000099"


def commands(api: dict, of: str) -> list[str]:
    return list(api["components"]["schemas"][of]["discriminator"]["mapping"])


def record_examples(service: Service, api: dict) -> list[str]:
    """Records every example; says which cannot be."""
    wrong = []
    every = commands(api, "Command") + commands(api, "SystemCommand")
    if unknown := set(every) ^ set(BY):
        return [f"commands that are in the description or here only: {unknown}"]
    recorded = 0
    for command in [it for it in BY if it not in LAST] + LAST:
        for example in api["components"]["schemas"][command].get("examples", []):
            system = example.get("org") == "_SYSTEM"
            path = "/api/v1/system/commands" if system else f"/api/v1/organisations/{EXAMPLE_ORG}/commands"
            answer = service.ask("POST", path, BY[command], example)
            if answer.status != 201:
                wrong.append(f"{example}: {answer.status} {answer.body.decode()}")
            recorded += 1
    if recorded < len(BY):
        wrong.append(f"only {recorded} examples for {len(BY)} commands")
    return wrong
