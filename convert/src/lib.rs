//! From plconfig to the trees that Git carries.
