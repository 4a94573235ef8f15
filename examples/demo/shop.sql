-- The demo's shop. @RECENT@ and @OLD@ become years: last year, of which almost everything is kept, and one whose time is over.
CREATE TABLE customers (
    id INTEGER PRIMARY KEY, customer_no TEXT NOT NULL UNIQUE, email TEXT NOT NULL, first_name TEXT, last_name TEXT,
    street TEXT, town TEXT, last_order_on TEXT NOT NULL
);
CREATE INDEX customers_email ON customers (lower(email));
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id), ordered_on TEXT NOT NULL,
    delivered_to TEXT, note TEXT
);
CREATE INDEX orders_customer ON orders (customer_id);
CREATE TABLE reviews (
    id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id), author TEXT, stars INTEGER NOT NULL,
    written_on TEXT NOT NULL
);
CREATE INDEX reviews_customer ON reviews (customer_id);
CREATE TABLE invoices (
    id TEXT PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id), issued_on TEXT NOT NULL,
    billed_to TEXT NOT NULL, address TEXT, amount_cents INTEGER NOT NULL
);
CREATE INDEX invoices_customer ON invoices (customer_id);

INSERT INTO customers VALUES
    (1, '100417', 'jg.privat@example.net', 'Jana', 'Grünberg', 'Lindenweg 4', 'Pirna', '@RECENT@-03-14'),
    (2, '100471', 'jana.gruenberg@example.com', 'Jana', 'Grünberg', 'Am Anger 12', 'Kassel', '@RECENT@-03-15'),
    (3, '100502', 'jan.gruenwald@example.org', 'Jan', 'Grünwald', 'Mühlgasse 9', 'Görlitz', '@RECENT@-06-30'),
    (4, '100533', 'oezlem.yildiz@example.org', 'Özlem', 'Yıldız', 'Hafenstraße 1', 'Kiel', '@RECENT@-08-21'),
    (5, '999999', 'control@example.org', 'Control', 'Person', NULL, NULL, '@RECENT@-01-01'),
    (6, '100023', 'kurt.lindner@example.org', 'Kurt', 'Lindner', 'Bahnhofstraße 7', 'Plauen', '@OLD@-05-02');
INSERT INTO orders VALUES
    (501, 1, '@OLD@-11-02', 'Lindenweg 4, Pirna', NULL),
    (502, 1, '@RECENT@-03-14', 'Lindenweg 4, Pirna', 'please leave with the neighbour'),
    (503, 2, '@RECENT@-03-15', 'Am Anger 12, Kassel', NULL),
    (504, 3, '@RECENT@-06-30', 'Mühlgasse 9, Görlitz', NULL),
    (505, 4, '@RECENT@-08-21', 'Hafenstraße 1, Kiel', NULL),
    (506, 5, '@RECENT@-01-01', NULL, NULL),
    (507, 3, '@OLD@-09-20', 'Mühlgasse 9, Görlitz', NULL);
INSERT INTO reviews VALUES
    (71, 1, 'Jana G.', 5, '@RECENT@-03-30'), (72, 2, 'Jana G.', 2, '@RECENT@-03-28'), (73, 4, 'Özlem', 4, '@RECENT@-09-05'),
    (74, 5, 'Control', 3, '@RECENT@-01-02'), (75, 3, 'Jan G.', 4, '@OLD@-10-03');
INSERT INTO invoices VALUES
    ('R-0501', 1, '@OLD@-11-04', 'Jana Grünberg', 'Lindenweg 4, Pirna', 4990),
    ('R-0502', 1, '@RECENT@-03-16', 'Jana Grünberg', 'Lindenweg 4, Pirna', 12950),
    ('R-0503', 2, '@RECENT@-03-17', 'Jana Grünberg', 'Am Anger 12, Kassel', 2490),
    ('R-0504', 3, '@RECENT@-07-02', 'Jan Grünwald', 'Mühlgasse 9, Görlitz', 890),
    ('R-0505', 4, '@RECENT@-08-23', 'Özlem Yıldız', 'Hafenstraße 1, Kiel', 7900),
    ('R-0506', 5, '@RECENT@-01-02', 'Control Person', NULL, 100),
    ('R-0507', 3, '@OLD@-09-22', 'Jan Grünwald', 'Mühlgasse 9, Görlitz', 3190);
