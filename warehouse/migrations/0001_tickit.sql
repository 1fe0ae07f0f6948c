-- The seven tables of the TICKIT sample, with its distribution and sort keys.
-- Source: Amazon Redshift Getting Started Guide, "Create sample tables".

CREATE TABLE users (
  userid INTEGER NOT NULL DISTKEY SORTKEY,
  username CHAR(8),
  firstname VARCHAR(30),
  lastname VARCHAR(30),
  city VARCHAR(30),
  state CHAR(2),
  email VARCHAR(100),
  phone CHAR(14),
  likesports BOOLEAN,
  liketheatre BOOLEAN,
  likeconcerts BOOLEAN,
  likejazz BOOLEAN,
  likeclassical BOOLEAN,
  likeopera BOOLEAN,
  likerock BOOLEAN,
  likevegas BOOLEAN,
  likebroadway BOOLEAN,
  likemusicals BOOLEAN
);

CREATE TABLE venue (
  venueid SMALLINT NOT NULL DISTKEY SORTKEY,
  venuename VARCHAR(100),
  venuecity VARCHAR(30),
  venuestate CHAR(2),
  venueseats INTEGER
);

CREATE TABLE category (
  catid SMALLINT NOT NULL DISTKEY SORTKEY,
  catgroup VARCHAR(10),
  catname VARCHAR(10),
  catdesc VARCHAR(50)
);

CREATE TABLE date (
  dateid SMALLINT NOT NULL DISTKEY SORTKEY,
  caldate DATE NOT NULL,
  day CHAR(3) NOT NULL,
  week SMALLINT NOT NULL,
  month CHAR(5) NOT NULL,
  qtr CHAR(5) NOT NULL,
  year SMALLINT NOT NULL,
  holiday BOOLEAN DEFAULT ('N')
);

CREATE TABLE event (
  eventid INTEGER NOT NULL DISTKEY,
  venueid SMALLINT NOT NULL,
  catid SMALLINT NOT NULL,
  dateid SMALLINT NOT NULL SORTKEY,
  eventname VARCHAR(200),
  starttime TIMESTAMP
);

CREATE TABLE listing (
  listid INTEGER NOT NULL DISTKEY,
  sellerid INTEGER NOT NULL,
  eventid INTEGER NOT NULL,
  dateid SMALLINT NOT NULL SORTKEY,
  numtickets SMALLINT NOT NULL,
  priceperticket DECIMAL(8,2),
  totalprice DECIMAL(8,2),
  listtime TIMESTAMP
);

CREATE TABLE sales (
  salesid INTEGER NOT NULL,
  listid INTEGER NOT NULL DISTKEY,
  sellerid INTEGER NOT NULL,
  buyerid INTEGER NOT NULL,
  eventid INTEGER NOT NULL,
  dateid SMALLINT NOT NULL SORTKEY,
  qtysold SMALLINT NOT NULL,
  pricepaid DECIMAL(8,2),
  commission DECIMAL(8,2),
  saletime TIMESTAMP
);
