//! Messages about the inventory.
