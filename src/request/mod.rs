//! Before any template runs: the token, the mode, the policies and the Lambda authorizer that a request passes.
