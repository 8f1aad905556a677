//! Speaks to the cluster that workloads move to.
