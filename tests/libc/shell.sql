-- What the test gives SQLite's shell, in both builds.
.headers on
.nullvalue NULL
PRAGMA journal_mode;
PRAGMA foreign_keys = on;
CREATE TABLE author(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE book(id INTEGER PRIMARY KEY, author REFERENCES author, title TEXT, price REAL, cover BLOB);
CREATE INDEX by_title ON book(title COLLATE NOCASE);
INSERT INTO author(name) VALUES('Ada'), ('Grace'), ('O''Neil'), ('Zoë');
INSERT INTO book(author, title, price, cover) VALUES
  (1, 'Notes', 1.5, x'00ff10'), (2, 'Nanoseconds', 2e300, NULL), (3, 'line' || char(10) || 'feed', -0.0, zeroblob(3)),
  (1, 'letters', 9007199254740993, 'text');
.mode column
SELECT a.name, b.title, b.price, typeof(b.cover) FROM author a LEFT JOIN book b ON b.author = a.id ORDER BY a.name, b.title;
.mode json
SELECT * FROM book;
.mode csv
SELECT name, (SELECT count(*) FROM book WHERE author = author.id) FROM author;
.mode list
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
  INSERT INTO book(author, title, price) SELECT 1 + i % 4, printf('%05d of %x', i * 7919 % 20000, i), i / 7.0 FROM n;
SELECT author, count(*), round(sum(price), 3), min(title), max(title) FROM book GROUP BY author;
SELECT title, lag(title) OVER (ORDER BY title DESC) FROM book LIMIT 3;
CREATE TABLE sorted AS SELECT title, price FROM book ORDER BY price DESC, title;
BEGIN;
DELETE FROM book WHERE id % 3 = 0;
SELECT count(*), changes() FROM book;
SAVEPOINT inner;
UPDATE book SET price = price + 1;
ROLLBACK TO inner;
SELECT round(sum(price), 3) FROM book;
ROLLBACK;
SELECT count(*) FROM book;
.import --csv words.csv words
SELECT * FROM words;
SELECT * FROM nosuch;
INSERT INTO book(author) VALUES(99);
INSERT INTO author(name) VALUES('Ada');
SELECT json_extract('{"a": [1, 2]}', '$.a[1]'), strftime('%Y-%m-%d', 86400, 'unixepoch');
.read nosuch.sql
VACUUM;
PRAGMA integrity_check;
.output dump.sql
.dump
.output
.once rows.csv
SELECT id, title FROM book ORDER BY id LIMIT 10;
.schema
.open other.db
CREATE TABLE t(a);
INSERT INTO t VALUES(1);
ATTACH 'first.db' AS first;
SELECT count(*) FROM first.book, t;
