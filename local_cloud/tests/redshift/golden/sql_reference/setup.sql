-- The tables that the examples of the SQL reference read, with the rows that its pages show.
-- Columns that no example shows are left out or NULL.
create table category (catid smallint, catgroup varchar(10), catname varchar(10), catdesc varchar(50));
insert into category values
(1, 'Sports', 'MLB', 'Major League Baseball'), (2, 'Sports', 'NHL', 'National Hockey League'),
(3, 'Sports', 'NFL', 'National Football League'), (4, 'Sports', 'NBA', 'National Basketball Association'),
(5, 'Sports', 'MLS', 'Major League Soccer'), (6, 'Shows', 'Musicals', 'Musical theatre'),
(7, 'Shows', 'Plays', 'All non-musical theatre'), (8, 'Shows', 'Opera', 'All opera and light opera'),
(9, 'Concerts', 'Pop', 'All rock and pop music concerts'), (10, 'Concerts', 'Jazz', 'All jazz singers and bands'),
(11, 'Concerts', 'Classical', 'All symphony, concerto, and choir concerts');

create table venue (venueid smallint, venuename varchar(100), venuecity varchar(30), venuestate char(2), venueseats integer);
insert into venue values
(1, 'Toyota Park', 'Bridgeview', 'IL', 0), (2, 'Columbus Crew Stadium', 'Columbus', 'OH', 0),
(3, 'RFK Stadium', 'Washington', 'DC', 0), (4, 'CommunityAmerica Ballpark', 'Kansas City', 'KS', 0),
(5, 'Gillette Stadium', 'Foxborough', 'MA', 68756), (6, 'New York Giants Stadium', 'East Rutherford', 'NJ', 80242),
(7, 'BMO Field', 'Toronto', 'ON', 0), (8, 'The Home Depot Center', 'Carson', 'CA', 0),
(9, 'Dick''s Sporting Goods Park', 'Commerce City', 'CO', 0), (10, 'Pizza Hut Park', 'Frisco', 'TX', 0),
(28, 'American Airlines Arena', 'Miami', 'FL', 0), (54, 'St. Pete Times Forum', 'Tampa', 'FL', 0),
(91, 'Raymond James Stadium', 'Tampa', 'FL', 65647), (78, 'INVESCO Field', 'Denver', 'CO', 76125),
(79, 'Arrowhead Stadium', 'Kansas City', 'MO', 79451), (83, 'FedExField', 'Landover', 'MD', 91704),
(89, 'Bank of America Stadium', 'Charlotte', 'NC', 73298), (260, 'Ballys Hotel', 'Las Vegas', 'NV', null),
(263, 'Bellagio Hotel', 'Las Vegas', 'NV', null), (254, 'Caesars Palace', 'Las Vegas', 'NV', null);

create table date (dateid smallint, caldate date, day char(3), week smallint, month char(5), qtr char(5), year smallint, holiday boolean);
insert into date values
(1827, '2008-01-01', 'TU', 1, 'JAN', '1', 2008, true), (1828, '2008-01-02', 'WE', 1, 'JAN', '1', 2008, false),
(1829, '2008-01-03', 'TH', 1, 'JAN', '1', 2008, false), (1830, '2008-01-04', 'FR', 1, 'JAN', '1', 2008, false),
(1831, '2008-01-05', 'SA', 1, 'JAN', '1', 2008, false), (2192, '2008-12-31', 'WE', 53, 'DEC', '4', 2008, false);

create table sales (salesid integer, listid integer, sellerid integer, buyerid integer, eventid integer, dateid smallint, qtysold smallint, pricepaid decimal(8,2), commission decimal(8,2), saletime timestamp);
insert into sales (salesid, listid, qtysold, pricepaid, commission, saletime) values
(1, 1, 4, 728.00, 109.20, '2008-02-18 02:36:48'), (2, 4, 2, 76.00, 11.40, '2008-06-06 05:00:16'),
(3, 5, 2, 350.00, 52.50, '2008-06-06 08:26:17'), (4, 5, 1, 175.00, 26.25, '2008-06-09 08:38:52'),
(5, 6, 1, 154.00, 23.10, '2008-08-31 09:17:02'), (6, 10, 2, 394.00, 59.10, '2008-07-16 11:59:24'),
(7, 10, 4, 788.00, 118.20, '2008-06-26 12:56:06'), (8, 10, 1, 197.00, 29.55, '2008-07-10 02:12:36'),
(9, 10, 3, 591.00, 88.65, '2008-07-22 02:23:17'), (10, 12, 1, 65.00, 9.75, '2008-08-06 02:51:55'),
(100, 100, 1, 162.00, 24.30, '2008-03-01 00:00:00'), (784, 784, 1, 741.00, 111.15, '2008-03-02 00:00:00'),
(10000, 10000, 1, 187.00, 28.05, '2008-03-03 00:00:00'), (159073, 1, 8, 10000.00, 1500.00, '2008-02-05 00:00:00'),
(160318, 1, 8, 10000.00, 1500.00, '2008-02-19 00:00:00'), (161723, 1, 8, 12624.00, 1893.60, '2008-06-27 00:00:00');

create table listing (listid integer, numtickets smallint, listtime timestamp);
insert into listing values
(1, 10, '2008-01-24 06:43:29'), (2, 3, '2008-03-05 12:25:29'), (3, 5, '2008-11-01 07:35:33'),
(4, 6, '2008-05-24 01:18:37'), (5, 9, '2008-05-17 02:29:11'), (6, 4, '2008-08-15 02:08:13'),
(7, 20, '2008-11-15 09:38:15'), (8, 20, '2008-11-09 05:07:30'), (9, 18, '2008-09-09 08:03:36'),
(10, 10, '2008-06-17 09:44:54'), (12, 4, '2008-07-25 01:45:49'), (16, 2, '2008-08-24 09:36:12');

create table event (eventid integer, eventname varchar(200), starttime timestamp);
insert into event values
(1, 'Gotterdammerung', '2008-01-25 14:30:00'), (2, 'Boris Godunov', '2008-10-15 20:00:00'),
(3, 'Salome', '2008-04-19 14:30:00'), (4, 'La Cenerentola (Cinderella)', '2008-09-21 14:30:00'),
(5, 'Il Trovatore', '2008-06-05 19:00:00'), (1000, 'Gypsy', '2008-04-27 14:00:00'),
(1001, 'Chicago', '2008-08-20 19:30:00'), (1002, 'The King and I', '2008-01-23 14:30:00'),
(1003, 'Pal Joey', '2008-10-26 19:30:00'), (1004, 'Grease', '2008-09-02 19:00:00'),
(1005, 'Chicago', '2008-10-28 15:00:00');

create table users (userid integer, firstname varchar(30), lastname varchar(30), city varchar(30), state char(2), email varchar(100), likesports boolean, liketheatre boolean, likerock boolean);
insert into users values
(1, 'Rafael', 'Taylor', 'Kent', 'WA', 'Etiam.laoreet.libero@sodalesMaurisblandit.edu', true, true, null),
(2, 'Vladimir', 'Humphrey', 'Murfreesboro', 'SK', 'Suspendisse.tristique@nonnisiAenean.edu', null, null, null),
(3, 'Lars', 'Ratliff', 'High Point', 'ME', 'amet.faucibus.ut@condimentumegetvolutpat.ca', true, false, true),
(4, 'Barry', 'Roy', 'Omaha', 'AB', 'sed@lacusUtnec.ca', false, true, null),
(5, 'Reagan', 'Hodge', 'Forest Lake', 'NS', 'Cum@accumsan.com', null, null, true),
(6, 'Victor', 'Hernandez', 'Naperville', 'GA', 'not@example.com', null, null, true),
(7, 'Tamekah', 'Juarez', 'Moultrie', 'WV', 'elementum@semperpretiumneque.ca', null, null, null),
(8, 'Colton', 'Roy', 'Guayama', 'AK', 'ullamcorper.nisl@Cras.edu', false, null, false),
(9, 'Mufutau', 'Watkins', 'Port Orford', 'MD', 'Integer.mollis.Integer@tristiquealiquet.org', true, false, null);

create table winsales (salesid int, dateid date, sellerid int, buyerid char(10), qty int, qty_shipped int);
insert into winsales values
(30001, '8/2/2003', 3, 'b', 10, 10), (10001, '12/24/2003', 1, 'c', 10, 10),
(10005, '12/24/2003', 1, 'a', 30, null), (40001, '1/9/2004', 4, 'a', 40, null),
(10006, '1/18/2004', 1, 'c', 10, null), (20001, '2/12/2004', 2, 'b', 20, 20),
(40005, '2/12/2004', 4, 'a', 10, 10), (20002, '2/16/2004', 2, 'c', 20, 20),
(30003, '4/18/2004', 3, 'b', 15, null), (30004, '4/18/2004', 3, 'b', 20, null),
(30007, '9/7/2004', 3, 'c', 30, null);

create table time_test (time_val time);
insert into time_test values ('20:00:00'), ('00:00:00.5550'), ('00:58:00');
