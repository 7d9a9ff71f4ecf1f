//! Every query: names, types, evaluation, problems. The only crate that names salsa.
